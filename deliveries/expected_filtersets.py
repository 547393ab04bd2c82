"""Filters of the lists of expected deliveries, of plans and of days off."""

import datetime as dt
from typing import Any

import django_filters as df
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Workplace
from core import fiscal
from core.filters import DateFilter, ProgramFilterSet, SearchFilter

from .expected import Progress, in_force, planned_on, with_progress
from .forms import delivery_centres
from .models import DayOff, Plan


class ExpectedFilterSet(ProgramFilterSet):
    """Filters of the deliveries planned for a day, today when none is named."""

    on = DateFilter(label=_("Day"), method="keep")
    progress = df.ChoiceFilter(label=_("state"), choices=Progress.choices)
    service = df.ChoiceFilter(label=_("kind of delivery"), choices=Plan.Service.choices)
    workplace = df.ModelChoiceFilter(queryset=lambda request: delivery_centres())
    q = SearchFilter(keys=["search_key"], label=_("Member number"))

    class Meta:
        model = Plan
        fields = ("on", "progress", "service", "workplace", "q")

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        # Without a query there is a day to choose, too.
        super().__init__({} if data is None else data, *args, **kwargs)

    @property
    def day(self) -> dt.date:
        """The day that is shown."""
        asked = self.form.is_valid() and self.form.cleaned_data.get("on")
        return asked or fiscal.local_date()

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """Take the plans of the day, with how far they have come."""
        plans = with_progress(planned_on(queryset, self.day), self.day, timezone.now())
        found = super().filter_queryset(plans)
        return found if self.form.is_valid() else found.none()

    def keep(self, qs: QuerySet, name: str, value: dt.date) -> QuerySet:
        """Return what is there: the day is chosen before."""
        return qs


class PlanFilterSet(ProgramFilterSet):
    """Filters of the list of plans."""

    q = SearchFilter(keys=["search_key"], label=_("Member number"))
    on = DateFilter(label=_("In force on the day"), method="filter_on")
    service = df.ChoiceFilter(label=_("kind of delivery"), choices=Plan.Service.choices)
    workplace = df.ModelChoiceFilter(queryset=lambda request: delivery_centres())

    class Meta:
        model = Plan
        fields = ("q", "on", "service", "workplace")

    def filter_on(self, qs: QuerySet, name: str, value: dt.date) -> QuerySet:
        """Return the plans that hold on a day."""
        return in_force(qs, value)


class DayOffFilterSet(ProgramFilterSet):
    """Filters of the list of days without deliveries."""

    since = DateFilter(field_name="day", lookup_expr="gte", label=_("From this day on"))
    workplace = df.ModelChoiceFilter(
        queryset=lambda request: delivery_centres(), method="filter_workplace"
    )

    class Meta:
        model = DayOff
        fields = ("since", "workplace")

    def filter_workplace(self, qs: QuerySet, name: str, value: Workplace) -> QuerySet:
        """Return the days off of a workplace, those of all workplaces among them."""
        return qs.filter(workplace=value) | qs.filter(workplace__isnull=True)
