"""How the sending of a day went: the figures of the daily report and of the page."""

import datetime as dt
import math
from dataclasses import dataclass

from django.db.models import Count, ExpressionWrapper, F, Max, QuerySet
from django.db.models.fields import DurationField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import fiscal

from .expected import Progress, planned_on, with_progress
from .models import Bounce, Notice, Plan, Subscription

State, Kind = Notice.State, Notice.Kind
DELAY = ExpressionWrapper(F("sent_at") - F("happened_at"), DurationField())


@dataclass(frozen=True)
class DayFigures:
    """What became of a day's mails, by the day of delivery; numbers only.

    `notices` are (state, why not sent, number) of every kind of mail. `longest_delay`
    is from delivery to sending, None when nothing was sent. `planned` leaves out days
    without deliveries.
    """

    day: dt.date
    notices: list[tuple[str, str, int]]
    corrections: int
    longest_delay: dt.timedelta | None
    bounces: int
    held: int
    planned: int
    missing: int

    @property
    def longest_delay_minutes(self) -> int | None:
        """The longest delay in whole minutes, rounded up."""
        delay = self.longest_delay
        return None if delay is None else math.ceil(delay / dt.timedelta(minutes=1))

    def count(self, state: str) -> int:
        """Return how many mails are in a state."""
        return sum(n for one, _why, n in self.notices if one == state)

    @property
    def cancelled(self) -> list[tuple[str | Promise, int]]:
        """Why mails were not sent on purpose, and how many."""
        return [
            (why.label, n)
            for why in Notice.Cancelled
            if (n := sum(m for _state, one, m in self.notices if one == why))
        ]

    @property
    def rows(self) -> list[tuple[str | Promise, int]]:
        """Every figure with its name, in the order in which they are shown."""
        return [
            (_("Mails sent"), self.count(State.SENT)),
            (_("of which corrections"), self.corrections),
            (_("Waiting to be sent"), self.count(State.WAITING)),
            (_("Could not be sent"), self.count(State.FAILED)),
            (_("Not sent on purpose"), self.count(State.CANCELLED)),
            (_("Mails that came back"), self.bounces),
            (_("Addresses put on hold"), self.held),
            (_("Deliveries planned"), self.planned),
            (_("of which missing"), self.missing),
        ]


def figures_of(day: dt.date, at: dt.datetime) -> DayFigures:
    """Return the figures of a day as they stand at an instant; four queries."""
    groups = list(
        Notice.objects.filter(noticed_for=day)
        .order_by()
        .values_list("kind", "state", "cancelled_for")
        .annotate(n=Count("pk"), longest=Max(DELAY))
    )
    sent = [group for group in groups if group[1] == State.SENT]
    first, after = (
        fiscal.local_instant(one, dt.time()) for one in (day, day + dt.timedelta(1))
    )
    planned = list(_expected(day, at))
    return DayFigures(
        day=day,
        notices=[(state, why, n) for _kind, state, why, n, _longest in groups],
        corrections=sum(n for kind, *_, n, _l in sent if kind == Kind.CORRECTION),
        longest_delay=max(
            (longest for kind, *_, longest in sent if kind == Kind.DELIVERY),
            default=None,
        ),
        bounces=Bounce.objects.filter(bounced_on=day).count(),
        held=Subscription.objects.filter(
            held_since__gte=first, held_since__lt=after
        ).count(),
        planned=sum(n for state, n in planned if state != Progress.OFF),
        missing=sum(n for state, n in planned if state == Progress.MISSING),
    )


def _expected(day: dt.date, at: dt.datetime) -> QuerySet:
    plans = with_progress(planned_on(Plan.objects.all(), day), day, at)
    return plans.order_by().values_list("progress").annotate(n=Count("pk"))
