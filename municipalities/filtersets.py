"""Filters of the list of municipalities."""

import django_filters as df
from django.utils.translation import gettext_lazy as _

from core.filters import AsOfFilter, ProgramFilterSet, SearchFilter

from .filters import MunicipalityFilter, PrefectureFilter, ServiceAreaFilter
from .models import Municipality


class MunicipalityFilterSet(ProgramFilterSet):
    """Filters of the list of municipalities."""

    q = SearchFilter(keys=["search_key"])
    on = AsOfFilter(method_name="valid_on", label=_("Exists on"))
    prefecture = PrefectureFilter(path="")
    municipality = MunicipalityFilter(path="")
    kind = df.ChoiceFilter(choices=Municipality.Kind)
    service_area = ServiceAreaFilter(path="")

    class Meta:
        model = Municipality
        fields = ("q", "on", "prefecture", "municipality", "kind", "service_area")
