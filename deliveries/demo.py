"""Invented subscriptions, deliveries and notices; no figure of them was published."""

import datetime as dt
import random
from collections.abc import Callable, Iterable, Iterator

from django.utils import timezone

from accounts.models import User
from core import fiscal
from municipalities.models import Municipality

from . import demo_events
from .models import Bounce, Delivery, Notice, Plan, Subscription, new_message_id

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
# Evening meals come on each weekday; of them so many weeks are there.
MEAL_WEEKS = 4
ENDED_HOW = (
    Subscription.EndedHow.LINK,
    Subscription.EndedHow.COOP,
    Subscription.EndedHow.ONE_CLICK,
)


def load(
    *,
    today: dt.date,
    users: dict[str, User],
    progress: Callable[[str, Iterable], Iterable],
    now: dt.datetime | None = None,
) -> None:
    """Make subscriptions since 2016, and deliveries of 2016年度 and of the last months.

    Each member gets groceries once a week, always on the same day, some of them evening
    meals on each weekday too. The mails of the last round wait in the outbox: today's
    from noon on; before it yesterday evening's, which were handed over at night. No
    delivery lies ahead of `now`, which is the clock's by default.
    """
    chance = random.Random(2016)  # noqa: S311 - invented rows, the same every time
    last = _last_round(today, now or timezone.now())
    places = list(Municipality.objects.in_service_area().order_by("code"))
    rows = list(_subscriptions(places, today, chance))
    families: dict[str, list[Subscription]] = {}
    for row in rows:
        families.setdefault(row.member_number, []).append(row)
    deliveries: list[Delivery] = []
    notices: list[Notice] = []
    for number, of_member in progress("deliveries", families.items()):
        for day, hours in _days(number, of_member, today, last):
            delivery = _delivery(number, day, hours, len(deliveries), users, chance)
            deliveries.append(delivery)
            told = [one for one in of_member if _is_told(one, day)]
            notices += [_notice(one, delivery, chance) for one in told]
    bounces, notices = demo_events.let_come_back(notices)
    _leave_work(deliveries, notices, today, last)
    notices += demo_events.take_back(notices, today, users["coordinator"])
    Subscription.objects.bulk_create(rows)
    Delivery.objects.bulk_create(deliveries)
    Notice.objects.bulk_create(notices)
    Bounce.objects.bulk_create(bounces)
    Plan.objects.bulk_create(_plans(families, users, today, last))
    demo_events.load(rows, notices, today)


def _last_round(today: dt.date, now: dt.datetime) -> dt.date:
    """Return the day of the last round whose mails wait: yesterday before noon."""
    is_morning = fiscal.local_date(now) == today and timezone.localtime(now).hour < 12
    return today - dt.timedelta(days=is_morning)


def _subscriptions(
    places: list[Municipality], today: dt.date, chance: random.Random
) -> Iterator[Subscription]:
    """Yield one per member; every tenth member has two children who want to know."""
    number = 0
    for first, last, count in WAVES:
        for _ in range(count):
            day = first + dt.timedelta(days=chance.randint(0, (last - first).days))
            one = _subscription(number, min(day, today), chance.choice(places), today)
            yield one
            if number % 10 == 1 and one.is_open and one.confirmed_on:
                yield _second_family(one, number)
            number += 1


def _subscription(
    number: int, day: dt.date, place: Municipality, today: dt.date
) -> Subscription:
    """Return one; every seventh ended, some are paused, the newest not confirmed."""
    given, other = (GIVEN_NAMES[(number + n) % len(GIVEN_NAMES)] for n in (0, 3))
    length = 200 + 7 * number if number < 90 else number
    ended_on = day + dt.timedelta(days=length) if number % 7 == 3 else None
    if ended_on and ended_on > today:
        ended_on = None
    how = ENDED_HOW[number // 7 % 3] if ended_on else ""
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
        ended_how=how,
        end_reason="施設へ入所のため(見本)" if how == "coop" else "",
    )


def _second_family(first: Subscription, number: int) -> Subscription:
    other = GIVEN_NAMES[(number + 5) % len(GIVEN_NAMES)]
    same = (
        "member_number",
        "member_name",
        "municipality",
        "consent_on",
        "consent_form",
        "consent_by",
        "started_on",
        "confirmed_on",
    )
    return Subscription(
        **{name: getattr(first, name) for name in same},
        family_name=f"架空 {other}",
        email=f"family{number:03}.second@example.jp",
    )


def _gets_meals(number: str, families: list[Subscription]) -> bool:
    return int(number) % 12 == 8 and any(one.is_open for one in families)


def _weekday(number: str, last: dt.date) -> int:
    """Return the day of the groceries; of some the last round's, so that mails wait."""
    return last.weekday() if int(number) % 15 == 4 else int(number) % 5


def _days(
    number: str, families: list[Subscription], today: dt.date, last: dt.date
) -> Iterator[tuple[dt.date, tuple[int, int]]]:
    """Yield the days of delivery in 2016年度 and in the last weeks, with the hours.

    A day of today's round that has no delivery yet is listed as expected.
    """
    tomorrow = today + dt.timedelta(days=1)
    periods = (
        fiscal.bounds(2016),
        (today - dt.timedelta(weeks=RECENT_WEEKS), tomorrow),
    )
    started_on = min(one.started_on for one in families)
    ends = [one.ended_on for one in families]
    ended_on = None if None in ends else max(ends)
    weekday = _weekday(number, last)
    for first, after in periods:
        day = max(first, started_on)
        end = min(after, ended_on or after)
        day += dt.timedelta(days=(weekday - day.weekday()) % 7)
        while day < end:
            # Of today there is at most the morning's round; the rest is to come.
            if day < last:
                yield day, (9, 17)
            elif day < today:
                yield day, (18, 19)
            elif last == today and int(number) % 3:
                yield day, (9, 11)
            day += dt.timedelta(days=7)
    if _gets_meals(number, families):
        day = max(today - dt.timedelta(weeks=MEAL_WEEKS), started_on)
        for _ in range((today - day).days):
            if day.weekday() < 5:
                yield day, (15, 17)
            day += dt.timedelta(days=1)


def _delivery(
    member_number: str,
    day: dt.date,
    hours: tuple[int, int],
    number: int,
    users: dict[str, User],
    chance: random.Random,
) -> Delivery:
    return Delivery(
        external_id=f"MIHON-{number:06}",
        member_number=member_number,
        delivered_on=day,
        delivered_at=dt.time(chance.randint(*hours), chance.randint(0, 59)),
        status=chance.choices(STATUSES, weights=STATUS_WEIGHTS)[0],
        workplace=users["staff"].workplace,
        recorded_by=users["coordinator"],
    )


def _is_told(subscription: Subscription, day: dt.date) -> bool:
    """Tell whether the day's delivery brought a notice; pauses began two weeks ago."""
    paused = subscription.paused_until
    began = paused and paused - dt.timedelta(days=34)
    return (
        subscription.confirmed_on is not None
        and not (began and day >= began)
        and not (subscription.ended_on and day >= subscription.ended_on)
    )


def _notice(
    subscription: Subscription,
    delivery: Delivery,
    chance: random.Random,
) -> Notice:
    told_at = delivery.happened_at
    # Most go out within minutes; some terminals hand over their list at noon.
    seconds = chance.randint(20, 240)
    if chance.random() < 0.03:
        seconds += 60 * chance.randint(20, 90)
    return Notice(
        subscription=subscription,
        delivery=delivery,
        noticed_for=delivery.delivered_on,
        happened_at=told_at,
        state=Notice.State.SENT,
        sent_at=told_at + dt.timedelta(seconds=seconds),
        message_id=new_message_id(),
    )


def _leave_work(
    deliveries: list[Delivery], notices: list[Notice], today: dt.date, last: dt.date
) -> None:
    """Leave something to do: notices of the last round wait, one before it failed."""
    newest = sorted(notices, key=lambda notice: notice.happened_at)
    for notice in newest:
        is_late = last == today or demo_events.is_evening(notice)
        if notice.noticed_for == last and is_late:
            notice.state, notice.sent_at = Notice.State.WAITING, None
    sent = [notice for notice in newest if notice.state == Notice.State.SENT]
    if sent:
        failed = sent[-1]
        failed.state, failed.sent_at = Notice.State.FAILED, None
    if deliveries:
        newest_delivery = max(deliveries, key=lambda d: (d.delivered_on, d.external_id))
        newest_delivery.status = Delivery.Status.PREVIOUS_UNTOUCHED


def _plans(
    families: dict[str, list[Subscription]],
    users: dict[str, User],
    today: dt.date,
    last: dt.date,
) -> Iterator[Plan]:
    """Yield when what is expected, for members with an open subscription."""
    for number, of_member in families.items():
        if not any(one.is_open for one in of_member):
            continue
        plan = {"member_number": number, "workplace": users["staff"].workplace}
        yield Plan(
            **plan,
            service=Plan.Service.GROCERIES,
            weekdays=str(_weekday(number, last)),
            expected_by=dt.time(18),
            valid_from=min(one.started_on for one in of_member),
        )
        if _gets_meals(number, of_member):
            yield Plan(
                **plan,
                service=Plan.Service.MEALS,
                weekdays="01234",
                expected_by=dt.time(18, 30),
                valid_from=today - dt.timedelta(weeks=MEAL_WEEKS),
            )
