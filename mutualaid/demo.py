"""Invented members and slips that add up to the published hours."""

import datetime as dt
import random
from collections.abc import Callable, Iterable, Iterator
from itertools import count

from accounts.models import User
from core import fiscal
from municipalities.models import Municipality

from .models import Activity, Group, Member, Request, Service, Tariff
from .services import reverse_draft

HOURS_2016 = 73_763
# Code, name, prefecture, first letter of numbers, share of the hours in percent,
# helpers, recipients, and the fee and helper's share of an hour, then and since 2019.
GROUPS = (
    ("chiba", "おたがいさま 千葉", "12", "C", 41, 150, 190, (800, 700), (900, 800)),
    ("saitama", "ミニハート 埼玉", "11", "S", 35, 130, 160, (850, 750), (950, 820)),
    ("tokyo", "プチトマトの会 東京", "13", "T", 24, 90, 115, (900, 800), (1000, 880)),
)
NEW_TARIFF_ON = dt.date(2019, 3, 21)
FAMILY_NAMES = (
    ("見本", "みほん"),
    ("架空", "かくう"),
    ("仮名", "かめい"),
    ("模擬", "もぎ"),
    ("例示", "れいじ"),
)
GIVEN_NAMES = (
    ("花子", "はなこ"),
    ("太郎", "たろう"),
    ("さくら", "さくら"),
    ("一郎", "いちろう"),
    ("みどり", "みどり"),
    ("次郎", "じろう"),
    ("かおり", "かおり"),
    ("三郎", "さぶろう"),
)
# Half hours of a slip, and how often they occur.
HALF_HOURS, WEIGHTS = (2, 3, 4, 5, 6, 8), (25, 15, 35, 5, 15, 5)
RECENT_SLIPS = 9000
REVERSED_2016 = 24
WISHES = (
    "週1回、居間と台所の掃除をお願いします。",
    "通院の行き帰りに付き添いをお願いします。",
    "牛乳や米など、重い物の買い物をお願いします。",
    "話し相手になっていただけると助かります。",
)


def load(
    *,
    today: dt.date,
    users: dict[str, User],
    progress: Callable[[str, Iterable], Iterable],
) -> None:
    """Make groups, members, and the slips of 2016年度, last year and this."""
    chance = random.Random(2016)  # noqa: S311 - invented rows, the same every time
    half_hours = HOURS_2016 * 2
    remaining = half_hours
    slips: list[Activity] = []
    for position, facts in enumerate(progress("mutual aid", GROUPS), start=1):
        ledger = _Ledger(facts, chance)
        share = half_hours * facts[4] // 100 if position < len(GROUPS) else remaining
        remaining -= share
        slips += ledger.year_of(2016, share)
        slips += ledger.taken_back(REVERSED_2016 // len(GROUPS))
        for year in (2025, 2026):
            slips += ledger.recent(year, RECENT_SLIPS // len(GROUPS), today)
        ledger.make_requests(slips, today)
    normal = [slip for slip in slips if slip.kind == Activity.Kind.NORMAL]
    Activity.objects.bulk_create(normal)
    reversals = [slip for slip in slips if slip.kind == Activity.Kind.REVERSAL]
    Activity.objects.bulk_create(reversals)


class _Ledger:
    """A group with its tariffs and members, and the slips they make out."""

    def __init__(self, facts: tuple, chance: random.Random) -> None:
        code, name, prefecture, letter, _share, helpers, recipients, *rates = facts
        self.chance, self.letter, self.numbers = chance, letter, count(1)
        self.group = Group.objects.create(
            code=code, name=name, prefecture_code=prefecture
        )
        self.tariffs = Tariff.objects.bulk_create(
            self._tariff(number, rate) for number, rate in enumerate(rates)
        )
        area = Municipality.objects.in_service_area()
        places = list(area.filter(prefecture_code=prefecture).order_by("code"))
        numbers = count(1)
        roles = [Member.Role.HELPER] * helpers + [Member.Role.RECIPIENT] * recipients
        members = [self._member(next(numbers), role, places) for role in roles]
        self.members = Member.objects.bulk_create(members)

    def _tariff(self, number: int, rate: tuple[int, int]) -> Tariff:
        fee, helper = rate
        return Tariff(
            group=self.group,
            valid_from=NEW_TARIFF_ON if number else dt.date(2010, 3, 21),
            valid_until=None if number else NEW_TARIFF_ON - dt.timedelta(days=1),
            fee_jpy=fee,
            helper_share_jpy=helper,
            office_share_jpy=fee - helper,
            travel_jpy=100,
        )

    def _member(self, number: int, role: str, places: list[Municipality]) -> Member:
        family, family_kana = self.chance.choice(FAMILY_NAMES)
        given, given_kana = self.chance.choice(GIVEN_NAMES)
        # Some left before the recent slips, some came only for them.
        joined = dt.date(2010, 4, 1) + dt.timedelta(days=self.chance.randint(0, 2000))
        left = dt.date(2018, 3, 20) if number % 11 == 0 else None
        if number % 13 == 0:
            joined, left = dt.date(2024, 4, 1), None
        return Member(
            number=f"{self.letter}-{number:04}",
            name=f"{family} {given}",
            kana=f"{family_kana} {given_kana}",
            municipality=self.chance.choice(places),
            group=self.group,
            role=Member.Role.BOTH if number % 17 == 0 else role,
            joined_on=joined,
            left_on=left,
        )

    def _people(self, day: dt.date) -> tuple[list[Member], list[Member]]:
        active = [member for member in self.members if member.active_on(day)]
        helpers = [m for m in active if m.role != Member.Role.RECIPIENT]
        recipients = [m for m in active if m.role == Member.Role.RECIPIENT]
        return helpers, recipients

    def year_of(self, year: int, half_hours: int) -> Iterator[Activity]:
        """Yield slips over the year that last exactly so many half hours."""
        first, last = fiscal.bounds(year)
        helpers, recipients = self._people(first)
        while half_hours > 0:
            length = self.chance.choices(HALF_HOURS, WEIGHTS)[0]
            length = min(length, half_hours)
            half_hours -= length
            day = first + dt.timedelta(days=self.chance.randrange((last - first).days))
            yield self._slip(day, length * 30, helpers, recipients)

    def recent(self, year: int, slips: int, today: dt.date) -> Iterator[Activity]:
        """Yield slips from the first day of a recent year on, none after today."""
        first, end = fiscal.bounds(year)
        days = (min(end - dt.timedelta(days=1), today) - first).days
        if days < 0:
            return
        helpers, recipients = self._people(first)
        for _number in range(slips):
            day = first + dt.timedelta(days=self.chance.randint(0, days))
            length = self.chance.choices(HALF_HOURS, WEIGHTS)[0]
            yield self._slip(day, length * 30, helpers, recipients)

    def taken_back(self, slips: int) -> Iterator[Activity]:
        """Yield slips of 2016年度, and the reversals that take them back at once."""
        for slip in list(self.year_of(2016, 4 * slips)):
            yield slip
            yield reverse_draft(slip, done_on=slip.done_on, reason="二重の記入")

    def _slip(
        self,
        day: dt.date,
        minutes: int,
        helpers: list[Member],
        recipients: list[Member],
    ) -> Activity:
        tariff = self.tariffs[day >= NEW_TARIFF_ON]
        recipient = self.chance.choice(recipients)
        begin = self.chance.choice((None, 9, 10, 13, 14))
        end = None if begin is None else divmod(begin * 60 + minutes, 60)
        return Activity(
            slip_number=f"{self.letter}{day:%y}-{next(self.numbers):05}",
            group=self.group,
            recipient=recipient,
            helper=self.chance.choice(helpers),
            municipality_id=recipient.municipality_id,
            done_on=day,
            started_at=None if begin is None else dt.time(begin),
            ended_at=None if end is None else dt.time(*end),
            duration_minutes=minutes,
            circumstance=self.chance.choices(
                Activity.Circumstance.values, (20, 40, 10, 15, 12, 3)
            )[0],
            service=self.chance.choices(Service.values, (35, 20, 12, 10, 12, 8, 3))[0],
            **tariff.fee_for(minutes)._asdict(),
        )

    def make_requests(self, slips: list[Activity], today: dt.date) -> None:
        """Make the requests of a group: some waiting, some matched, some done."""
        helpers, recipients = self._people(today)
        requests = []
        for number, recipient in enumerate(recipients[:8]):
            helper = helpers[number] if number % 3 == 0 else None
            requests.append(
                Request(
                    recipient=recipient,
                    wished_on=today + dt.timedelta(days=3 + 2 * number),
                    service=Service.values[number % 4],
                    text=WISHES[number % len(WISHES)],
                    helper=helper,
                    state=Request.State.MATCHED if helper else Request.State.OPEN,
                )
            )
        Request.objects.bulk_create(requests)
        for slip in slips[-10:]:
            slip.request = Request.objects.create(
                recipient=slip.recipient,
                wished_on=slip.done_on,
                service=slip.service,
                helper=slip.helper,
                state=Request.State.DONE,
            )
