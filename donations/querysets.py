"""Sets of rows of the donations program."""

import datetime as dt
from typing import Self

from django.db.models import Count, Q, Sum

from core.access import ScopedQuerySet


class ItemQuerySet(ScopedQuerySet):
    """Items: given today."""

    def active(self) -> Self:
        """Return the items that may be given in a new campaign."""
        return self.filter(is_active=True)


class CampaignQuerySet(ScopedQuerySet):
    """Campaigns: with what became of them."""

    def with_progress(self) -> Self:
        """Add `schools` and `sent_pieces`, which is None while nothing was sent.

        `schools` counts those that something was sent to.
        """
        sent = Q(donations__sent_on__isnull=False)
        return self.annotate(
            schools=Count("donations__school", filter=sent, distinct=True),
            sent_pieces=Sum("donations__sent_quantity"),
        )


class SchoolQuerySet(ScopedQuerySet):
    """Schools: open on a day."""

    def valid_on(self, day: dt.date) -> Self:
        """Return the schools that exist on `day`."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_until__isnull=True) | Q(valid_until__gte=day),
        )


class DonationQuerySet(ScopedQuerySet):
    """Donations: allocated, sent, undecided."""

    def undecided(self) -> Self:
        """Return the wishes that nobody has decided on."""
        return self.filter(allocated__isnull=True)

    def allocated(self) -> Self:
        """Return those that something was allocated to, sent or not."""
        return self.filter(allocated__gt=0)

    def sent(self) -> Self:
        """Return those that were sent."""
        return self.filter(sent_on__isnull=False)
