"""Invented desks for the municipalities of the service area."""

import datetime as dt
import random
from collections.abc import Callable, Iterable

from accounts.models import User

from .models import Desk, Municipality

DEPARTMENTS = ("高齢福祉課", "福祉総務課", "地域包括ケア推進課", "長寿社会課")
HOURS = "平日 8:30–17:15"
OUT_OF_HOURS = "閉庁時は代表電話(守衛室)へ。命の危険があるときは 119。"


def load(
    *,
    today: dt.date,
    users: dict[str, User],
    progress: Callable[[str, Iterable], Iterable],
) -> None:
    """Make a municipal desk for each of 170, and a support centre for a third."""
    chance = random.Random(2016)  # noqa: S311 - invented rows, the same every time
    places = Municipality.objects.in_service_area().order_by("code")
    desks = []
    for number, place in enumerate(progress("desks", places)):
        desks.append(
            Desk(
                municipality=place,
                kind=Desk.Kind.MUNICIPAL,
                name=f"{place.name} {chance.choice(DEPARTMENTS)}",
                phone=f"000-0000-{number:04}",
                email=f"desk{place.code}@example.jp",
                opening_hours=HOURS,
                out_of_hours=OUT_OF_HOURS,
                verified_on=_verified_on(today, chance),
            )
        )
        if number % 3 == 0:
            desks.append(
                Desk(
                    municipality=place,
                    kind=Desk.Kind.COMMUNITY_SUPPORT,
                    name=f"{place.name} 見本地域包括支援センター",
                    sub_area="見本地区",
                    phone=f"000-0000-{5000 + number:04}",
                    opening_hours=HOURS,
                    verified_on=_verified_on(today, chance),
                )
            )
    Desk.objects.bulk_create(desks)


def _verified_on(today: dt.date, chance: random.Random) -> dt.date | None:
    """Return a day of the last year for most, an earlier one or none for the rest."""
    if chance.random() < 0.05:
        return None
    earliest, latest = (400, 800) if chance.random() < 0.15 else (10, 350)
    return today - dt.timedelta(days=chance.randint(earliest, latest))
