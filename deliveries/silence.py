"""What it means when no mail comes: delivered, none today, late, system stopped.

Only what is known is said. Whether the delivery itself was late is known from records;
whether mails go out is known from the queue and from the alarm about it.
"""

import datetime as dt
from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core import fiscal
from outbox import queue

from .expected import Progress, in_force, with_progress
from .models import Delivery, Plan, SendingAlarm, Subscription


class DayState(models.TextChoices):
    """How a day stands for a family."""

    DELIVERED = "delivered", _("Delivered today")
    PAUSED = "paused", _("Mails are paused")
    NONE_TODAY = "none_today", _("No delivery today")
    EXPECTED = "expected", _("Still to come today")
    LATE = "late", _("Late")
    STOPPED = "stopped", _("Sending of mails stopped")
    UNKNOWN = "unknown", _("Not known")


class Day(NamedTuple):
    """A day of a subscription; times are local in Japan.

    `delivered_at` is the last delivery recorded, `expected_by` the time of the next
    one to come, or of the first that is late; None where there is none.
    """

    state: DayState
    delivered_at: dt.time | None = None
    expected_by: dt.time | None = None


def day_of(*, subscription: Subscription, at: dt.datetime) -> Day:
    """Return how the day of an instant stands for a subscription; at most 5 queries.

    Nothing is told of deliveries to whom no mail about them would go: an address that
    is not confirmed, a subscription that has ended.
    """
    day = fiscal.local_date(at)
    if not subscription.is_open or subscription.confirmed_on is None:
        return Day(DayState.UNKNOWN)
    if subscription.is_paused(day):
        return Day(DayState.PAUSED)
    known = _by_records(subscription.member_number, day, at)
    doubtful = (DayState.EXPECTED, DayState.LATE, DayState.UNKNOWN)
    if known.state in doubtful and is_stopped(at):
        return known._replace(state=DayState.STOPPED)
    return known


def _by_records(member_number: str, day: dt.date, at: dt.datetime) -> Day:
    """Return what plans, days off and deliveries tell of a member's day."""
    deliveries = Delivery.objects.standing().filter(
        member_number=member_number, delivered_on=day
    )
    came_at = deliveries.aggregate(last=models.Max("delivered_at"))["last"]
    plans = in_force(Plan.objects.filter(member_number=member_number), day)
    plans = list(with_progress(plans, day, at).order_by("expected_by"))
    today = [plan for plan in plans if str(day.weekday()) in plan.weekdays]
    missing = [p.expected_by for p in today if p.progress == Progress.MISSING]
    waiting = [p.expected_by for p in today if p.progress == Progress.WAITING]
    if missing:
        return Day(DayState.LATE, came_at, missing[0])
    if came_at:
        return Day(DayState.DELIVERED, came_at, waiting[0] if waiting else None)
    if waiting:
        return Day(DayState.EXPECTED, None, waiting[0])
    return Day(DayState.NONE_TODAY if plans else DayState.UNKNOWN)


def alarm_after() -> dt.timedelta:
    """Return how long a due mail may wait before somebody is told."""
    return dt.timedelta(minutes=settings.DELIVERIES_ALARM_MINUTES)


def is_stopped(at: dt.datetime) -> bool:
    """Tell whether mails do not go out at an instant, as far as is known; 3 queries.

    That is: the oldest due mail waits too long, nobody has sent for as long, or an
    alarm is not over.
    """
    standing = queue.standing(at)
    return (
        standing.is_late(alarm_after())
        or standing.seen_at is None
        or at - standing.seen_at > alarm_after()
        or SendingAlarm.objects.filter(cleared_at__isnull=True).exists()
    )
