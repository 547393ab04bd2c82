"""Filters of the lists of hubs and sessions."""

import django_filters as df
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.filters import (
    AsOfFilter,
    FiscalYearFilter,
    ProgramFilterSet,
    SearchFilter,
    UntilFilter,
)
from municipalities.filters import MunicipalityFilter, PrefectureFilter

from .forms import MonthField
from .models import Hub, Session
from .months import Month


class MonthFilter(df.Filter):
    """The rows of a calendar month: the named QuerySet method is called with it."""

    field_class = MonthField

    def __init__(self, *, method_name: str, **kwargs: object) -> None:
        self.method_name = method_name
        kwargs.setdefault("label", _("Month"))
        super().__init__(**kwargs)

    def filter(self, qs: QuerySet, value: Month | None) -> QuerySet:
        """Return `qs.<method_name>(value)`; everything without a month."""
        return getattr(qs, self.method_name)(value) if value else qs


def _visible_hubs(request: HttpRequest) -> QuerySet:
    return Hub.objects.visible_to(request.user)


class HubFilterSet(ProgramFilterSet):
    """Filters of the list of hubs."""

    q = SearchFilter(keys=["search_key", "municipality__search_key"])
    on = AsOfFilter(method_name="open_on", label=_("Open on"))
    series = df.ChoiceFilter(choices=Hub.Series)
    hub_type = df.ChoiceFilter(choices=Hub.HubType, label=_("type"))
    prefecture = PrefectureFilter()
    municipality = MunicipalityFilter()

    class Meta:
        model = Hub
        fields = ("q", "on", "series", "hub_type", "prefecture", "municipality")


class SessionFilterSet(ProgramFilterSet):
    """Filters of the list of sessions."""

    q = SearchFilter(
        keys=["search_key", "hub__search_key", "hub__municipality__search_key"]
    )
    fiscal_year = FiscalYearFilter()
    until = UntilFilter(field_name="held_on")
    month = MonthFilter(method_name="within")
    hub = df.ModelChoiceFilter(queryset=_visible_hubs, to_field_name="code")
    series = df.ChoiceFilter(
        field_name="hub__series", choices=Hub.Series, label=_("series")
    )
    prefecture = PrefectureFilter("hub__municipality")
    municipality = MunicipalityFilter("hub__municipality")

    class Meta:
        model = Session
        fields = (
            "q",
            "fiscal_year",
            "until",
            "month",
            "hub",
            "series",
            "prefecture",
            "municipality",
        )


class NotReportedFilterSet(ProgramFilterSet):
    """Filters of the list of hubs that have not reported a month."""

    month = MonthFilter(method_name="not_reported_in", required=True)
    series = df.ChoiceFilter(choices=Hub.Series)
    prefecture = PrefectureFilter()

    class Meta:
        model = Hub
        fields = ("month", "series", "prefecture")
