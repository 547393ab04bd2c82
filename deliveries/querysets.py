"""Sets of subscriptions and notices."""

import datetime as dt
from typing import Self

from django.db.models import Q

from core.access import ScopedQuerySet

# A worker that holds a notice longer than this is dead: well over twice the time that
# one mail may take (EMAIL_TIMEOUT for each step).
LEASE = dt.timedelta(minutes=5)


class SubscriptionQuerySet(ScopedQuerySet):
    """Subscriptions: in force on a day, open, paused on a day."""

    def in_force(self, on: dt.date) -> Self:
        """Return those begun and confirmed by the day `on`, and not ended on it.

        A pause counts as in force: the family is still looked after and comes back.
        """
        return self.open_on(on).filter(started_on__lte=on, confirmed_on__lte=on)

    def open_on(self, on: dt.date) -> Self:
        """Return those not ended by the day `on`; the last day does not count."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on))

    def paused(self, on: dt.date) -> Self:
        """Return those not ended that receive nothing on the day `on`."""
        return self.filter(ended_on__isnull=True, paused_until__gte=on)

    def to_notify(self, on: dt.date) -> Self:
        """Return those that get a notice of a delivery on the day `on`."""
        return self.in_force(on).exclude(paused_until__gte=on)


class NoticeQuerySet(ScopedQuerySet):
    """Notices: sent, ready to be sent."""

    def sent(self) -> Self:
        """Return the notices that a mail server has accepted."""
        return self.filter(state="sent")

    def ready(self, at: dt.datetime) -> Self:
        """Return those to send at the instant `at`, a dead worker's ones included."""
        return self.filter(
            Q(state="due", due_at__lte=at)
            | Q(state="sending", claimed_at__lt=at - LEASE)
        )
