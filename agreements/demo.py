"""Invented agreements and visits that add up to the published figures."""

import datetime as dt
import random
from collections.abc import Callable, Iterable

from accounts.models import User
from municipalities.models import Municipality

from .models import Agreement, Promise, Visit

# (first day, last day, agreements that came into force between them): 71 stood at the
# end of 2013年度, 111, 140 and 161 after the next three years, 162 on 27 March 2017.
WAVES = (
    (dt.date(2009, 4, 1), dt.date(2014, 3, 20), 71),
    (dt.date(2014, 4, 1), dt.date(2015, 3, 20), 40),
    (dt.date(2015, 4, 1), dt.date(2016, 3, 20), 29),
    (dt.date(2016, 4, 1), dt.date(2017, 3, 20), 21),
    (dt.date(2017, 3, 27), dt.date(2017, 3, 27), 1),
    (dt.date(2018, 4, 1), dt.date(2026, 4, 1), 5),
)
HEADS_MET_2016 = 135
DEPARTMENTS = ("高齢福祉課", "福祉総務課", "地域包括ケア推進課", "長寿社会課")
TOPICS = (
    "見守り活動の報告",
    "買い物が不便な地区について",
    "子育て支援の連携",
    "災害時の協力",
)


def load(
    *,
    today: dt.date,
    users: dict[str, User],
    progress: Callable[[str, Iterable], Iterable],
) -> None:
    """Make agreements since 2009 and the visits of 2016年度, last year and this."""
    chance = random.Random(2016)  # noqa: S311 - invented rows, the same every time
    places = list(Municipality.objects.in_service_area().order_by("code"))
    chance.shuffle(places)
    agreed = iter(places)
    agreements = []
    for first, last, count in progress("agreements", WAVES):
        for _ in range(count):
            agreements.append(_agreement(next(agreed), first, last, chance))
    Agreement.objects.bulk_create(agreements)
    visits = [*_visits_of_2016(places, chance), *_recent_visits(places, today, chance)]
    visits = Visit.objects.bulk_create(visits)
    Promise.objects.bulk_create(_promises(visits, today))


def _agreement(
    place: Municipality, first: dt.date, last: dt.date, chance: random.Random
) -> Agreement:
    begins = first + dt.timedelta(days=chance.randint(0, (last - first).days))
    signed = max(begins - dt.timedelta(days=chance.choice((0, 0, 7, 14))), first)
    return Agreement(
        municipality=place,
        kind=chance.choices(Agreement.Kind.values, weights=(8, 2, 3))[0],
        signed_on=signed,
        in_force_from=begins,
        department=chance.choice(DEPARTMENTS),
        renewal_on=dt.date(2027, 3, 1) if chance.random() < 0.3 else None,
        note="見本データです。",
    )


def _visit(place: Municipality, day: dt.date, **fields: object) -> Visit:
    values = {
        "met_head": True,
        "their_attendance": "首長、福祉部長",
        "our_attendance": "理事長、見本 花子",
        "topics": TOPICS[day.toordinal() % len(TOPICS)],
    } | fields
    return Visit(municipality=place, visited_on=day, **values)


def _visits_of_2016(
    places: list[Municipality], chance: random.Random
) -> Iterable[Visit]:
    first = dt.date(2016, 4, 4)
    for place in places[:HEADS_MET_2016]:
        yield _visit(place, first + dt.timedelta(days=chance.randint(0, 180)))
    # A second talk with the same head, and talks without one, add visits but no
    # municipalities.
    for place in places[:20]:
        yield _visit(place, first + dt.timedelta(days=200 + chance.randint(0, 140)))
    for place in places[HEADS_MET_2016 : HEADS_MET_2016 + 15]:
        yield _visit(
            place,
            first + dt.timedelta(days=chance.randint(0, 340)),
            met_head=False,
            their_attendance="福祉課長",
        )


def _recent_visits(
    places: list[Municipality], today: dt.date, chance: random.Random
) -> Iterable[Visit]:
    for place in places[:128]:
        yield _visit(place, dt.date(2025, 4, 7) + dt.timedelta(chance.randint(0, 330)))
    begin = dt.date(2026, 4, 6)
    days = max((today - begin).days, 0)
    for place in places[30:120]:
        yield _visit(place, begin + dt.timedelta(days=chance.randint(0, days)))
    for number, place in enumerate(places[120:132]):
        yield _visit(
            place,
            today + dt.timedelta(days=7 + 3 * number),
            state=Visit.State.PLANNED,
            met_head=False,
        )


def _promises(visits: list[Visit], today: dt.date) -> Iterable[Promise]:
    for number, visit in enumerate(visits):
        if number % 9 or visit.state != Visit.State.HELD:
            continue
        due = visit.visited_on + dt.timedelta(days=60)
        yield Promise(
            visit=visit,
            text="見守りの手引きを届ける",
            owner="見本 花子",
            due_on=due,
            kept_on=due if due < today - dt.timedelta(days=90) else None,
        )
