"""Invented hubs and sessions that add up to the published figures."""

import datetime as dt
import random
from collections.abc import Callable, Iterable, Iterator, Sequence

from accounts.models import User
from core import fiscal
from municipalities.models import Municipality

from .models import Hub, Session, Slot
from .months import Month

# (sessions, family visits) of 2016年度 at contracted hubs, as published.
PUBLISHED_2016 = (2354, 40710)
PLAZAS_2016 = (203, 1874)
YEAR_2016 = (dt.date(2016, 3, 21), dt.date(2017, 3, 20))
HUB_TYPES = ("general", "general", "general", "affiliated", "plaza")
NAMES = (
    *("見本の森", "架空の丘", "みほん広場", "こみち", "ひだまり", "どんぐり"),
    *("たけのこ", "そよかぜ", "てまり", "にじいろ", "めだか", "つみき", "わたぐも"),
)
PLAZA_NAMES = ("おひさま", "ぽかぽか", "てくてく", "すくすく", "よちよち", "にこにこ")
# First and last days of the contracts of the hubs above. Ten are open on 20 March 2015,
# eleven in 2016 and ten in 2017, as published; two came and one went later.
SINCE = dt.date(2013, 4, 1)
CONTRACTS = (
    *[(SINCE, None)] * 9,
    (SINCE, dt.date(2022, 3, 20)),
    (dt.date(2015, 4, 1), dt.date(2016, 3, 20)),
    (dt.date(2019, 4, 1), None),
    (dt.date(2024, 4, 1), None),
)
NOTES = ("身体測定の日", "助産師による相談", "絵本の読み聞かせ", "栄養士による相談")


def load(
    *,
    today: dt.date,
    users: dict[str, User],
    progress: Callable[[str, Iterable], Iterable],
) -> None:
    """Make the hubs, and the sessions of 2016年度, of last year and of this."""
    chance = random.Random(2016)  # noqa: S311 - invented rows, the same every time
    places = list(Municipality.objects.in_service_area().order_by("code"))
    chance.shuffle(places)
    hubs = Hub.objects.bulk_create(_hubs(places))
    contracted = [hub for hub in hubs if hub.series == Hub.Series.CONTRACTED]
    plazas = [hub for hub in hubs if hub.series == Hub.Series.MEMBER_RUN]
    running = fiscal.fiscal_year_of(today)
    recent = (fiscal.bounds(running - 1)[0], today)
    sessions = [
        *_exactly(contracted, *YEAR_2016, *PUBLISHED_2016, chance),
        *_exactly(plazas, *YEAR_2016, *PLAZAS_2016, chance),
        *_some(contracted, *recent, 17, chance),
        *_some(plazas, *recent, 9, chance),
    ]
    # One hub still owes its report of last month.
    late, owed = contracted[3], Month.of(today).previous
    sessions = [s for s in sessions if s.hub != late or s.held_on < owed.first]
    sessions.sort(key=lambda session: session.held_on)
    for start in progress("sessions", range(0, len(sessions), 1000)):
        Session.objects.bulk_create(sessions[start : start + 1000])


def _hubs(places: Sequence[Municipality]) -> Iterator[Hub]:
    for number, (name, (first, last)) in enumerate(
        zip(NAMES, CONTRACTS, strict=True), start=1
    ):
        # Most open on weekdays all day, some on three days with two sessions each.
        often = number % 4 != 0
        yield Hub(
            code=f"H{number:02}",
            name=f"子育て支援拠点 {name}",
            municipality=places[number % len(places)],
            hub_type=HUB_TYPES[number % len(HUB_TYPES)],
            contract_from=first,
            contract_until=last,
            capacity=15 + 5 * (number % 3),
            weekdays="01234" if often else "135",
            day_plan=Hub.DayPlan.ALL_DAY if often else Hub.DayPlan.HALF_DAYS,
        )
    for number, name in enumerate(PLAZA_NAMES, start=1):
        yield Hub(
            code=f"P{number:02}",
            name=f"組合員のひろば {name}",
            municipality=places[-number % len(places)],
            series=Hub.Series.MEMBER_RUN,
            hub_type=Hub.HubType.PLAZA,
            contract_from=dt.date(2012, 4, 1),
            capacity=10,
            weekdays=str(number % 5),
            day_plan=Hub.DayPlan.MORNING,
        )


def _openings(
    hubs: Iterable[Hub], first: dt.date, last: dt.date
) -> Iterator[tuple[Hub, dt.date, Slot]]:
    """Yield hub, day and slot of every usual opening, none at New Year and Obon."""
    for offset in range((last - first).days + 1):
        day = first + dt.timedelta(days=offset)
        rests = (day.month, day.day)
        if (8, 12) <= rests <= (8, 16) or rests >= (12, 29) or rests <= (1, 3):
            continue
        for hub in hubs:
            if hub.operates_on(day):
                yield from ((hub, day, slot) for slot in hub.slots)


def _exactly(
    hubs: Sequence[Hub],
    first: dt.date,
    last: dt.date,
    sessions: int,
    families: int,
    chance: random.Random,
) -> Iterator[Session]:
    """Yield so many sessions, to which so many families came in all."""
    openings = chance.sample(list(_openings(hubs, first, last)), sessions)
    crowds = [_crowd(families // sessions, chance) for _ in openings]
    # What is missing, or too much, goes to the sessions one by one.
    missing, index = families - sum(crowds), 0
    step = 1 if missing > 0 else -1
    while missing:
        if crowds[index] + step >= 0:
            crowds[index] += step
            missing -= step
        index = (index + 1) % sessions
    for (hub, day, slot), crowd in zip(openings, crowds, strict=True):
        yield _session(hub, day, slot, crowd, chance)


def _some(
    hubs: Sequence[Hub],
    first: dt.date,
    last: dt.date,
    usual: int,
    chance: random.Random,
) -> Iterator[Session]:
    for hub, day, slot in _openings(hubs, first, last):
        if chance.random() < 0.93:
            yield _session(hub, day, slot, _crowd(usual, chance), chance)


def _crowd(usual: int, chance: random.Random) -> int:
    return chance.randint(usual // 3, usual * 2 - usual // 3)


def _session(
    hub: Hub, day: dt.date, slot: Slot, families: int, chance: random.Random
) -> Session:
    asked = chance.randint(0, 3) if families else 0
    return Session(
        hub=hub,
        held_on=day,
        slot=slot,
        families=families,
        adults=families + families // 8,
        children=families + families // 4,
        first_timers=chance.randint(0, families // 6),
        # The plazas keep no count of consultations.
        consultations=asked if hub.series == Hub.Series.CONTRACTED else None,
        note=chance.choice(NOTES) if chance.random() < 0.04 else "",
    )
