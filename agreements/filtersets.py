"""Filters of the lists of agreements and visits."""

import django_filters as df
from django.utils.translation import gettext_lazy as _

from core.filters import (
    AsOfFilter,
    FiscalYearFilter,
    ProgramFilterSet,
    SearchFilter,
    UntilFilter,
    YesNoFilter,
)
from municipalities.filters import (
    MunicipalityFilter,
    PrefectureFilter,
    ServiceAreaFilter,
)
from municipalities.models import Municipality

from .models import Agreement, Visit


class AgreementFilterSet(ProgramFilterSet):
    """Filters of the list of agreements."""

    q = SearchFilter(keys=["municipality__search_key", "search_key"])
    on = AsOfFilter(method_name="in_force", label=_("In force on"))
    kind = df.ChoiceFilter(choices=Agreement.Kind)
    prefecture = PrefectureFilter()
    municipality = MunicipalityFilter()
    service_area = ServiceAreaFilter()

    class Meta:
        model = Agreement
        fields = ("q", "on", "kind", "prefecture", "municipality", "service_area")


class VisitFilterSet(ProgramFilterSet):
    """Filters of the list of visits."""

    q = SearchFilter(keys=["municipality__search_key", "search_key"])
    fiscal_year = FiscalYearFilter()
    until = UntilFilter(field_name="visited_on")
    state = df.ChoiceFilter(choices=Visit.State)
    met_head = YesNoFilter(label=_("Head present"))
    prefecture = PrefectureFilter()
    municipality = MunicipalityFilter()

    class Meta:
        model = Visit
        fields = (
            "q",
            "fiscal_year",
            "until",
            "state",
            "met_head",
            "prefecture",
            "municipality",
        )


class UnvisitedFilterSet(ProgramFilterSet):
    """Filters of the list of municipalities not yet visited."""

    q = SearchFilter(keys=["search_key"])
    prefecture = PrefectureFilter(path="")

    class Meta:
        model = Municipality
        fields = ("q", "prefecture")
