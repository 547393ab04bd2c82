"""QuerySets of mutual aid."""

import datetime as dt
from typing import Self

from django.db.models import F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from core.access import ScopedQuerySet


class TariffQuerySet(ScopedQuerySet):
    """Tariffs: valid on a day, overlapping a period."""

    def valid_on(self, on: dt.date) -> Self:
        """Return the tariffs that apply on the day `on`; one per group at most."""
        return self.overlapping(on, on)

    def overlapping(self, first: dt.date, last: dt.date | None) -> Self:
        """Return those that apply on a day from `first` to `last` (None: open end)."""
        begun = Q() if last is None else Q(valid_from__lte=last)
        return self.filter(
            begun, Q(valid_until__isnull=True) | Q(valid_until__gte=first)
        )


class MemberQuerySet(ScopedQuerySet):
    """Members: active on a day, in a role, with the sums of a period."""

    def active_on(self, on: dt.date) -> Self:
        """Return the members who have joined and not left on the day `on`."""
        return self.filter(
            Q(left_on__isnull=True) | Q(left_on__gte=on), joined_on__lte=on
        )

    def in_role(self, role: str) -> Self:
        """Return those who may stand as `role` (recipient, helper) on a slip."""
        return self.filter(role__in=[role, "both"])

    def with_sums(self, slips: QuerySet) -> Self:
        """Add what each member's part of `slips` sums up to; 0 without slips.

        `received_minutes` and `to_pay_jpy` as recipient, `helped_minutes` and
        `to_receive_jpy` as helper; both amounts include the travel costs.
        """
        charge = F("fee_jpy") + F("travel_jpy")
        reward = F("helper_jpy") + F("travel_jpy")
        return self.annotate(
            received_minutes=_sum(slips, "recipient", F("duration_minutes")),
            to_pay_jpy=_sum(slips, "recipient", charge),
            helped_minutes=_sum(slips, "helper", F("duration_minutes")),
            to_receive_jpy=_sum(slips, "helper", reward),
        )


def _sum(slips: QuerySet, part: str, amount: F) -> Coalesce:
    # A subquery per sum: joining slips twice would multiply them.
    own = slips.filter(**{part: OuterRef("pk")}).order_by().values(part)
    total = own.annotate(total=Sum(amount)).values("total")
    return Coalesce(Subquery(total, output_field=IntegerField()), 0)


class RequestQuerySet(ScopedQuerySet):
    """Requests for help: still waiting for the activity."""

    def pending(self) -> Self:
        """Return the requests that are neither done nor cancelled."""
        return self.filter(state__in=["open", "matched"])


class ActivityQuerySet(ScopedQuerySet):
    """Slips: standing, between two days."""

    def standing(self) -> Self:
        """Return the slips that count as activities of their year.

        Reversals do not, nor slips reversed within their own fiscal year. A slip that
        was reversed in a later year still stands in the year it belongs to: what was
        reported of that year does not change.
        """
        # A list made once; a join of slips with slips is slow where few are reversed.
        reversed_in_year = self.model.objects.filter(
            reverses__isnull=False, reverses__fiscal_year=F("fiscal_year")
        )
        return self.filter(kind="normal").exclude(
            pk__in=reversed_in_year.values("reverses")
        )

    def between(self, first: dt.date, last: dt.date) -> Self:
        """Return the slips dated from `first` to `last`, both included."""
        return self.filter(done_on__gte=first, done_on__lte=last)
