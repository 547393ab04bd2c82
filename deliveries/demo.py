"""Invented subscriptions, deliveries and notices; no figure of them was published."""

import datetime as dt
import random
from collections.abc import Callable, Iterable, Iterator

from accounts.models import User
from core import fiscal
from municipalities.models import Municipality

from .models import Delivery, Notice, Subscription, new_message_id

JAPAN = dt.timezone(dt.timedelta(hours=9))
# (first and last day on which subscriptions began, how many).
WAVES = (
    (dt.date(2016, 3, 21), dt.date(2017, 2, 20), 50),
    (dt.date(2017, 4, 1), dt.date(2025, 3, 1), 40),
    (dt.date(2025, 4, 1), dt.date(2026, 9, 1), 30),
)
GIVEN_NAMES = ("花子", "太郎", "さくら", "みどり", "一郎", "ふみ", "しげる", "はる")
STATUSES = Delivery.Status.values
STATUS_WEIGHTS = (70, 29, 1)
RECENT_WEEKS = 40


def load(
    *,
    today: dt.date,
    users: dict[str, User],
    progress: Callable[[str, Iterable], Iterable],
) -> None:
    """Make subscriptions since 2016, and deliveries of 2016年度 and of the last months.

    Each member is delivered to once a week, always on the same day.
    """
    chance = random.Random(2016)  # noqa: S311 - invented rows, the same every time
    places = list(Municipality.objects.in_service_area().order_by("code"))
    subscriptions = Subscription.objects.bulk_create(
        _subscriptions(places, today, chance)
    )
    deliveries: list[Delivery] = []
    notices: list[Notice] = []
    for subscription in progress("deliveries", subscriptions):
        for day in _days(subscription, today):
            delivery = _delivery(subscription, day, len(deliveries), users, chance)
            deliveries.append(delivery)
            if _is_told(subscription, day):
                notices.append(_notice(subscription, delivery, chance))
    _leave_work(deliveries, notices)
    Delivery.objects.bulk_create(deliveries)
    Notice.objects.bulk_create(notices)


def _subscriptions(
    places: list[Municipality], today: dt.date, chance: random.Random
) -> Iterator[Subscription]:
    number = 0
    for first, last, count in WAVES:
        for _ in range(count):
            day = first + dt.timedelta(days=chance.randint(0, (last - first).days))
            yield _subscription(number, min(day, today), chance.choice(places), today)
            number += 1


def _subscription(
    number: int, day: dt.date, place: Municipality, today: dt.date
) -> Subscription:
    """Return one; every seventh ended, some are paused, the newest not confirmed."""
    given, other = (GIVEN_NAMES[(number + n) % len(GIVEN_NAMES)] for n in (0, 3))
    ended_on = day + dt.timedelta(days=200 + 7 * number) if number % 7 == 3 else None
    if ended_on and ended_on > today:
        ended_on = None
    return Subscription(
        member_number=f"{1000000 + number}",
        member_name=f"見本 {given}",
        municipality=place,
        family_name=f"架空 {other}",
        email=f"family{number:03}@example.jp",
        consent_on=day,
        consent_form=Subscription.ConsentForm.values[number % 3],
        consent_by="架空 さくら",
        started_on=day,
        confirmed_on=None if number % 24 == 23 else day,
        paused_until=today + dt.timedelta(days=20) if number % 20 == 5 else None,
        ended_on=ended_on,
        end_reason="ご家族の希望(見本)" if ended_on else "",
    )


def _days(subscription: Subscription, today: dt.date) -> Iterator[dt.date]:
    """Yield the days of delivery in 2016年度 and in the last weeks."""
    periods = (
        fiscal.bounds(2016),
        (today - dt.timedelta(weeks=RECENT_WEEKS), today + dt.timedelta(days=1)),
    )
    weekday = int(subscription.member_number) % 5
    for first, after in periods:
        day = max(first, subscription.started_on)
        end = min(after, subscription.ended_on or after)
        day += dt.timedelta(days=(weekday - day.weekday()) % 7)
        while day < end:
            yield day
            day += dt.timedelta(days=7)


def _delivery(
    subscription: Subscription,
    day: dt.date,
    number: int,
    users: dict[str, User],
    chance: random.Random,
) -> Delivery:
    return Delivery(
        external_id=f"MIHON-{number:06}",
        member_number=subscription.member_number,
        delivered_on=day,
        delivered_at=dt.time(chance.randint(9, 17), chance.randint(0, 59)),
        status=chance.choices(STATUSES, weights=STATUS_WEIGHTS)[0],
        workplace=users["staff"].workplace,
        recorded_by=users["coordinator"],
    )


def _is_told(subscription: Subscription, day: dt.date) -> bool:
    """Tell whether the day's delivery brought a notice; pauses began two weeks ago."""
    paused = subscription.paused_until
    began = paused and paused - dt.timedelta(days=34)
    return subscription.confirmed_on is not None and not (began and day >= began)


def _notice(
    subscription: Subscription,
    delivery: Delivery,
    chance: random.Random,
) -> Notice:
    day = delivery.delivered_on
    told_at = dt.datetime.combine(day, delivery.delivered_at, JAPAN)
    sent_at = told_at + dt.timedelta(seconds=chance.randint(20, 240))
    return Notice(
        subscription=subscription,
        delivery=delivery,
        noticed_for=day,
        happened_at=told_at,
        state=Notice.State.SENT,
        sent_at=sent_at,
        message_id=new_message_id(),
    )


def _leave_work(deliveries: list[Delivery], notices: list[Notice]) -> None:
    """Leave something to do: notices of the last day wait, one before it failed."""
    newest = sorted(notices, key=lambda notice: notice.happened_at)
    for notice in newest[-12:]:
        if notice.noticed_for == newest[-1].noticed_for:
            notice.state, notice.sent_at = Notice.State.WAITING, None
    sent = [notice for notice in newest if notice.state == Notice.State.SENT]
    if sent:
        failed = sent[-1]
        failed.state, failed.sent_at = Notice.State.FAILED, None
    if deliveries:
        newest_delivery = max(deliveries, key=lambda d: (d.delivered_on, d.external_id))
        newest_delivery.status = Delivery.Status.PREVIOUS_UNTOUCHED
