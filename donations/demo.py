"""Invented schools and campaigns; that of 2017 adds up to the published figures."""

import datetime as dt
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest

from accounts.models import User
from municipalities.models import Municipality

from .models import Campaign, CampaignItem, Donation, Item, School

PREFECTURES = ("11", "12", "13")
SCHOOLS = 400
ITEMS = (
    ("school_bag_cover", "ランドセルカバー", "枚"),
    ("crossing_flag", "横断旗", "本"),
)
# Per item: how many schools, how many pieces in all, and the most that one asks for.
PUBLISHED_2017 = ((300, 24_210), (346, 1_065))
OF_2025 = ((180, 13_860), (210, 640))
OF_2026 = ((190, 14_250), (220, 672))
# Names that tell apart the schools of one municipality.
ORDINALS = ("第一", "第二", "第三", "第四", "第五")


def load(
    *,
    today: dt.date,
    users: dict[str, User],
    progress: Callable[[str, Iterable], Iterable],
) -> None:
    """Make schools, the finished campaigns of 2017 and 2025, and the one of 2026."""
    chance = random.Random(2016)  # noqa: S311 - invented rows, the same every time
    items = Item.objects.bulk_create(
        Item(code=code, name=name, unit=unit) for code, name, unit in ITEMS
    )
    schools = School.objects.bulk_create(_schools())
    plans = (
        (2017, dt.date(2017, 4, 10), dt.date(2018, 3, 15), PUBLISHED_2017),
        (2025, dt.date(2025, 4, 7), dt.date(2026, 3, 13), OF_2025),
        (2026, dt.date(2026, 4, 6), dt.date(2027, 3, 12), OF_2026),
    )
    for year, begins_on, ends_on, wanted in progress("donations", plans):
        campaign = Campaign.objects.create(
            year=year,
            title="新入学をお祝いする寄贈",
            begins_on=begins_on,
            ends_on=ends_on,
        )
        donations: list[Donation] = []
        for item, (count, pieces) in zip(items, wanted, strict=True):
            CampaignItem.objects.create(
                campaign=campaign, item=item, quantity=-(-pieces // 100) * 100 + 100
            )
            chosen = chance.sample(schools, count)
            numbers = _parts(pieces, count, chance)
            for school, number in zip(chosen, numbers, strict=True):
                donations.append(
                    Donation(campaign=campaign, school=school, item=item, wished=number)
                )
        _move_on(donations, year, today, chance)
        Donation.objects.bulk_create(donations)


def _schools() -> Iterator[School]:
    """Yield schools, one after the other from each of the three prefectures."""
    area = Municipality.objects.in_service_area().order_by("code")
    by_prefecture = [
        [place for place in area if place.prefecture_code == code]
        for code in PREFECTURES
    ]
    in_turn = [
        place
        for places in zip_longest(*by_prefecture)
        for place in places
        if place is not None
    ]
    for number in range(SCHOOLS):
        round_, position = divmod(number, len(in_turn))
        place = in_turn[position]
        yield School(
            municipality=place,
            name=f"{place.name}立見本{_ordinal(round_)}小学校",
            postal_code="000-0000",
            address=f"{place}架空町{round_ + 1}-{position + 1}",
        )


def _ordinal(number: int) -> str:
    return ORDINALS[number] if number < len(ORDINALS) else f"第{number + 1}"


def _parts(total: int, count: int, chance: random.Random) -> Sequence[int]:
    """Return `count` numbers of 1 or more that add up to `total`, most of them alike.

    Each stays within a half of the mean, and what is taken from one goes to another.
    """
    mean, more = divmod(total, count)
    numbers = [mean + (position < more) for position in range(count)]
    for position in range(0, count - 1, 2):
        most = min(numbers[position] - 1, mean // 2)
        moved = chance.randint(0, most) if most > 0 else 0
        numbers[position] -= moved
        numbers[position + 1] += moved
    return numbers


def _move_on(
    donations: list[Donation], year: int, today: dt.date, chance: random.Random
) -> None:
    """Allocate, send and thank: all of it once a year is over, else up to `today`.

    Of the running campaign the first two thirds are allocated, then sent.
    """
    is_over = dt.date(year + 1, 3, 20) < today
    first, last = dt.date(year, 9, 4), dt.date(year + 1, 2, 23)
    for number, donation in enumerate(donations):
        if not is_over and number % 3 == 2:
            continue
        donation.allocated = donation.wished
        if not is_over and number % 30 == 1:
            donation.allocated = 0
            donation.note = "今年度は対象外(見本)"
            continue
        sent_on = first + dt.timedelta(days=chance.randint(0, (last - first).days))
        if sent_on > today:
            continue
        donation.sent_on = sent_on
        donation.sent_quantity = donation.allocated
        received_on = sent_on + dt.timedelta(days=chance.randint(1, 5))
        thanked_on = sent_on + dt.timedelta(days=chance.randint(14, 60))
        donation.received_on = received_on if received_on <= today else None
        if thanked_on <= today and chance.random() < 0.7:
            donation.thanked_on = thanked_on
