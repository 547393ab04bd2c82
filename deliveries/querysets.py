"""Sets of subscriptions, deliveries and notices."""

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db.models import Q

from core.access import ScopedQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


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
        return (
            self.in_force(on)
            .exclude(paused_until__gte=on)
            .exclude(held_since__isnull=False)
        )


class DeliveryQuerySet(ScopedQuerySet):
    """Deliveries: those that stand."""

    def standing(self) -> Self:
        """Return those not taken back."""
        return self.filter(undone_at__isnull=True)

    def worrying(self) -> Self:
        """Return those at which the delivery before still stood there."""
        return self.standing().filter(status="previous_untouched")

    def offered_to(self, user: "AbstractBaseUser | AnonymousUser") -> Self:
        """Return those at which the person may report an incident.

        That is, beside all that may be seen, those of the own workplace: its drivers
        see nothing else of deliveries.
        """
        own = self.filter(workplace__isnull=False, workplace=user.workplace_id)
        return self.visible_to(user) | own


class NoticeQuerySet(ScopedQuerySet):
    """Notices: those sent."""

    def sent(self) -> Self:
        """Return the notices of deliveries that a mail server has accepted."""
        return self.filter(state="sent", kind="delivery")
