"""Invented desks of the municipalities of the service area, and delivery courses."""

import datetime as dt
import random
from collections.abc import Callable, Iterable, Iterator, Sequence

from accounts.models import User, Workplace

from .models import CourseArea, DeliveryCourse, Desk, Municipality

DEPARTMENTS = ("高齢福祉課", "福祉総務課", "地域包括ケア推進課", "長寿社会課")
HOURS = "平日 8:30–17:15"
SUPPORT_HOURS = (
    HOURS,
    "月-金 9:00-17:00、土 9:00-12:00",
    "平日 9:00-12:00 13:00-17:30",
)
OUT_OF_HOURS = "閉庁時は代表電話(守衛室)へ。命の危険があるときは 119。"
SUB_AREA = "見本地区"
# Every so many municipalities have a desk of a kind: (kind, name, hours).
SPECIAL = {
    10: (Desk.Kind.CHILDREN, "こども家庭相談窓口", "月-金 8:30-18:00"),
    15: (Desk.Kind.DISABILITY, "障がい者相談窓口", "平日 9:00-17:00"),
}
GUARDED = 4
DAYS = ("月", "火", "水", "木", "金")
PLACES_ON_A_COURSE = 3


def load(
    *,
    today: dt.date,
    users: dict[str, User],
    progress: Callable[[str, Iterable], Iterable],
) -> None:
    """Make desks for each of 170 municipalities, and courses for each centre.

    Each has a municipal desk, every third a support centre; four of these lead to a
    guard's office that answers at night.
    """
    chance = random.Random(2016)  # noqa: S311 - invented rows, the same every time
    places = list(Municipality.objects.in_service_area().order_by("code"))
    desks = []
    for number, place in enumerate(progress("desks", places)):
        desks += _usual_desks(number, place, today, chance)
    for number, place in enumerate(places):
        desks += _special_desks(number, place, today)
    Desk.objects.bulk_create(desks)
    _name_stand_ins(places)
    _make_courses(places)


def _usual_desks(
    number: int, place: Municipality, today: dt.date, chance: random.Random
) -> Iterator[Desk]:
    yield Desk(
        municipality=place,
        kind=Desk.Kind.MUNICIPAL,
        name=f"{place.name} {chance.choice(DEPARTMENTS)}",
        phone=f"000-0000-{number:04}",
        email=f"desk{place.code}@example.jp",
        opening_hours=HOURS,
        out_of_hours=OUT_OF_HOURS,
        verified_on=_verified_on(today, chance),
    )
    if number % 3 == 0:
        yield Desk(
            municipality=place,
            kind=Desk.Kind.COMMUNITY_SUPPORT,
            name=f"{place.name} 見本地域包括支援センター",
            sub_area=SUB_AREA,
            phone=f"000-0000-{5000 + number:04}",
            opening_hours=SUPPORT_HOURS[number // 3 % len(SUPPORT_HOURS)],
            verified_on=_verified_on(today, chance),
        )


def _special_desks(number: int, place: Municipality, today: dt.date) -> Iterator[Desk]:
    values = {"municipality": place, "verified_on": today - dt.timedelta(days=60)}
    for step, (kind, name, hours) in SPECIAL.items():
        if number % step == 0:
            phone = f"000-0000-{6000 + 100 * step + number:04}"
            name = f"{place.name} {name}"
            yield Desk(kind=kind, name=name, phone=phone, opening_hours=hours, **values)
    if number % 3 == 0 and number < 3 * GUARDED:
        yield Desk(
            kind=Desk.Kind.OTHER,
            name=f"{place.name} 守衛室",
            phone=f"000-0000-{9000 + number:04}",
            opening_hours="24時間",
            is_closed_on_holidays=False,
            **values,
        )


def _name_stand_ins(places: Sequence[Municipality]) -> None:
    """Lead from the support centres to the guard's office of their municipality."""
    guards = Desk.objects.filter(municipality__in=places, kind=Desk.Kind.OTHER)
    for guard in guards:
        Desk.objects.filter(
            municipality=guard.municipality_id, kind=Desk.Kind.COMMUNITY_SUPPORT
        ).update(fallback=guard)


def _make_courses(places: Sequence[Municipality]) -> None:
    """Make a course for each working day, each through three municipalities."""
    centres = Workplace.objects.filter(kind=Workplace.Kind.DELIVERY_CENTRE)
    areas = []
    start = 0
    for centre in centres.order_by("code"):
        for number, day in enumerate(DAYS, start=1):
            course = DeliveryCourse.objects.create(
                workplace=centre, code=f"{number}01", name=f"{day}曜 見本コース"
            )
            on_course = places[start : start + PLACES_ON_A_COURSE]
            start += PLACES_ON_A_COURSE
            areas += [
                CourseArea(
                    course=course,
                    municipality=place,
                    # The first is one with a support centre of its own sub-area.
                    sub_area=SUB_AREA if place is on_course[0] else "",
                )
                for place in on_course
            ]
    CourseArea.objects.bulk_create(areas)


def _verified_on(today: dt.date, chance: random.Random) -> dt.date | None:
    """Return a day of the last year for most, an earlier one or none for the rest."""
    if chance.random() < 0.05:
        return None
    earliest, latest = (400, 800) if chance.random() < 0.15 else (10, 350)
    return today - dt.timedelta(days=chance.randint(earliest, latest))
