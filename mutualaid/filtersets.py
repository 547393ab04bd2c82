"""Filters of the lists of mutual aid."""

import django_filters as df
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.filters import (
    AsOfFilter,
    FiscalYearFilter,
    ProgramFilterSet,
    SearchFilter,
    UntilFilter,
    YesNoFilter,
)
from municipalities.filters import MunicipalityFilter, PrefectureFilter

from .models import Activity, Group, Member, Request, Service, Tariff


class GroupFilter(df.ModelChoiceFilter):
    """The rows of one mutual-aid group, by its code."""

    def __init__(self, path: str = "group", **kwargs: object) -> None:
        kwargs.setdefault("label", _("Mutual-aid group"))
        super().__init__(
            field_name=path,
            to_field_name="code",
            queryset=Group.objects.all(),
            **kwargs,
        )


class ActivityFilterSet(ProgramFilterSet):
    """Filters of the list of activities."""

    q = SearchFilter(
        keys=["recipient__search_key", "helper__search_key"],
        label=_("Search members"),
    )
    fiscal_year = FiscalYearFilter()
    until = UntilFilter(field_name="done_on")
    group = GroupFilter()
    circumstance = df.ChoiceFilter(choices=Activity.Circumstance)
    service = df.ChoiceFilter(choices=Service)
    recipient = df.CharFilter(
        field_name="recipient__number", label=_("Recipient's number")
    )
    helper = df.CharFilter(field_name="helper__number", label=_("Helper's number"))
    prefecture = PrefectureFilter()
    municipality = MunicipalityFilter()
    standing = YesNoFilter(label=_("Only slips that stand"), method="filter_standing")

    class Meta:
        model = Activity
        fields = (
            "q",
            "fiscal_year",
            "until",
            "group",
            "circumstance",
            "service",
            "recipient",
            "helper",
            "prefecture",
            "municipality",
            "standing",
        )

    def filter_standing(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Leave out, or show only, reversals and the slips they take back."""
        standing = queryset.standing()
        return standing if value == "true" else queryset.exclude(pk__in=standing)


class RequestFilterSet(ProgramFilterSet):
    """Filters of the list of requests for help."""

    q = SearchFilter(keys=["recipient__search_key", "helper__search_key"])
    state = df.ChoiceFilter(choices=Request.State)
    group = GroupFilter("recipient__group")
    service = df.ChoiceFilter(choices=Service)
    until = UntilFilter(field_name="wished_on")
    prefecture = PrefectureFilter("recipient__municipality")
    municipality = MunicipalityFilter("recipient__municipality")

    class Meta:
        model = Request
        fields = (
            "q",
            "state",
            "group",
            "service",
            "until",
            "prefecture",
            "municipality",
        )


class MemberFilterSet(ProgramFilterSet):
    """Filters of the list of members."""

    q = SearchFilter(keys=["search_key", "municipality__search_key"])
    on = AsOfFilter(method_name="active_on", label=_("Member on"))
    group = GroupFilter()
    role = df.ChoiceFilter(choices=Member.Role)
    prefecture = PrefectureFilter()
    municipality = MunicipalityFilter()

    class Meta:
        model = Member
        fields = ("q", "on", "group", "role", "prefecture", "municipality")


class StatementFilterSet(ProgramFilterSet):
    """Filters of the monthly statements."""

    q = SearchFilter(keys=["search_key"])
    group = GroupFilter()
    role = df.ChoiceFilter(choices=Member.Role)

    class Meta:
        model = Member
        fields = ("q", "group", "role")


class TariffFilterSet(ProgramFilterSet):
    """Filters of the list of tariffs."""

    on = AsOfFilter(method_name="valid_on", label=_("Applies on"))
    group = GroupFilter()

    class Meta:
        model = Tariff
        fields = ("on", "group")


class GroupFilterSet(ProgramFilterSet):
    """Filters of the list of groups."""

    class Meta:
        model = Group
        fields = ("prefecture_code",)
