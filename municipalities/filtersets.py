"""Filters of the lists of municipalities, desks and delivery courses."""

from typing import Any

import django_filters as df
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Workplace
from core import fiscal
from core.filters import AsOfFilter, ProgramFilterSet, SearchFilter

from .filters import MunicipalityFilter, PrefectureFilter, ServiceAreaFilter
from .models import CourseArea, DeliveryCourse, Desk, Municipality


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


class VerifiedFilter(df.ChoiceFilter):
    """The desks whose telephone number nobody has verified for a year, or ever."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("due", _("More than a year ago, or never")), ("never", _("Never"))]
        super().__init__(choices=choices, label=_("Last verified"), **kwargs)

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        """Return the desks that are due; all without a choice."""
        if value == "due":
            return qs.due_for_verification(fiscal.local_date())
        return qs.filter(verified_on__isnull=True) if value == "never" else qs


class DeskFilterSet(ProgramFilterSet):
    """Filters of the list of desks."""

    q = SearchFilter(keys=["search_key", "municipality__search_key"])
    prefecture = PrefectureFilter()
    municipality = MunicipalityFilter()
    kind = df.ChoiceFilter(choices=Desk.Kind)
    verified = VerifiedFilter()

    class Meta:
        model = Desk
        fields = ("q", "prefecture", "municipality", "kind", "verified")


class CourseMunicipalityFilter(MunicipalityFilter):
    """The delivery courses that lead through a municipality, each once."""

    def filter(self, qs: QuerySet, value: Municipality | None) -> QuerySet:
        """Return the courses with an area there, all without a municipality."""
        if not value:
            return qs
        areas = CourseArea.objects.filter(municipality=value)
        return qs.filter(pk__in=areas.values("course"))


class DeliveryCourseFilterSet(ProgramFilterSet):
    """Filters of the list of delivery courses."""

    q = SearchFilter(keys=["search_key"])
    workplace = df.ModelChoiceFilter(
        queryset=Workplace.objects.filter(is_active=True),
        label=_("Workplace"),
        empty_label=_("All workplaces"),
    )
    municipality = CourseMunicipalityFilter()

    class Meta:
        model = DeliveryCourse
        fields = ("q", "workplace", "municipality")
