"""Sets of hubs and sessions."""

import datetime as dt
from typing import Self

from django.db.models import DateField, Q, Value

from core.access import ScopedQuerySet

from .months import Month


class HubQuerySet(ScopedQuerySet):
    """Hubs: open on a day, open in a month, without a report for a month."""

    def open_on(self, day: dt.date) -> Self:
        """Return the hubs whose contract covers `day`."""
        return self.open_between(day, day)

    def open_between(self, first: dt.date, last: dt.date) -> Self:
        """Return the hubs whose contract covers at least one day from first to last."""
        return self.filter(
            Q(contract_until__isnull=True) | Q(contract_until__gte=first),
            contract_from__lte=last,
        )

    def contracted(self) -> Self:
        """Return the hubs that a municipality commissioned: the published series."""
        return self.filter(series=self.model.Series.CONTRACTED)

    def not_reported_in(self, month: Month) -> Self:
        """Return the hubs open in `month` without one session in it.

        Each row carries `missing_month`, the first day of the month.
        """
        return (
            self.open_between(month.first, month.last)
            .exclude(sessions__held_on__range=(month.first, month.last))
            .annotate(missing_month=Value(month.first, output_field=DateField()))
        )


class SessionQuerySet(ScopedQuerySet):
    """Sessions: of one of the two series, within a month."""

    def contracted(self) -> Self:
        """Return the sessions at contracted hubs: the published series."""
        return self.filter(hub__series="contracted")

    def member_run(self) -> Self:
        """Return the sessions at the members' own plazas."""
        return self.filter(hub__series="member_run")

    def within(self, month: Month) -> Self:
        """Return the sessions of a calendar month."""
        return self.filter(held_on__range=(month.first, month.last))
