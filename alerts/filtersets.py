"""Filters of the lists of reports and case stories."""

import django_filters as df
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Workplace
from core.filters import (
    FiscalYearFilter,
    ProgramFilterSet,
    SearchFilter,
    UntilFilter,
    YesNoFilter,
)
from municipalities.filters import MunicipalityFilter, PrefectureFilter

from .choices import HOURS, Channel, Outcome, ReportState, StoryState, Weekday
from .models import CaseStory, IncidentReport, Sign, pk_of_number


class ReportSearchFilter(SearchFilter):
    """Search by receipt number or municipality only.

    What is searched stands in the address and in logs: so no names, no places.
    """

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        """Return the report with the number, else those of the municipality."""
        pk = pk_of_number(value or "")
        return super().filter(qs, value) if pk is None else qs.filter(pk=pk)


class AgreementFilter(YesNoFilter):
    """The reports with, or without, an agreement in force where and when noticed."""

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        """Filter by the key of the breakdown of the same name."""
        return qs.by_agreement().filter(agreement=value) if value else qs


class IncidentReportFilterSet(ProgramFilterSet):
    """Filters of the list of reports."""

    q = ReportSearchFilter(
        keys=["municipality__search_key"], label=_("Receipt number or municipality")
    )
    fiscal_year = FiscalYearFilter()
    until = UntilFilter(field_name="noticed_on")
    passed_on = YesNoFilter(
        field_name="passed_on_at",
        lookup_expr="isnull",
        exclude=True,
        label=_("Passed on"),
    )
    state = df.ChoiceFilter(choices=ReportState)
    channel = df.ChoiceFilter(choices=Channel, label=_("Channel"))
    sign = df.ModelChoiceFilter(
        field_name="signs",
        queryset=Sign.objects.all(),
        to_field_name="code",
        label=_("What was noticed"),
    )
    outcome = df.ChoiceFilter(choices=Outcome, label=_("Outcome"))
    ask = df.ChoiceFilter(
        choices=[("due", _("To be asked again now")), ("later", _("Not yet due"))],
        label=_("Waiting for the outcome"),
        method="filter_ask",
    )
    weekday = df.ChoiceFilter(
        field_name="noticed_weekday",
        choices=Weekday.choices,
        label=_("Day of the week"),
    )
    hour = df.ChoiceFilter(field_name="noticed_hour", choices=HOURS, label=_("Hour"))
    agreement = AgreementFilter(label=_("Agreement in force that day"))
    merged = YesNoFilter(
        field_name="merged_into",
        lookup_expr="isnull",
        exclude=True,
        label=_("Continues another report"),
    )
    workplace = df.ModelChoiceFilter(queryset=Workplace.objects.all())
    prefecture = PrefectureFilter()
    municipality = MunicipalityFilter()

    class Meta:
        model = IncidentReport
        fields = (
            "q",
            "fiscal_year",
            "until",
            "passed_on",
            "state",
            "channel",
            "sign",
            "outcome",
            "ask",
            "weekday",
            "hour",
            "agreement",
            "merged",
            "workplace",
            "prefecture",
            "municipality",
        )

    def filter_ask(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        """Return those whose desk is to be asked again by now, or only later."""
        now = timezone.now()
        return qs.to_ask_again(now) if value == "due" else qs.awaiting_answer(now)


class CaseStoryFilterSet(ProgramFilterSet):
    """Filters of the list of case stories."""

    q = SearchFilter(keys=["search_key"])
    state = df.ChoiceFilter(choices=StoryState)
    waiting = df.ChoiceFilter(
        choices=[("me", _("for my approval"))],
        label=_("Waiting"),
        method="filter_waiting",
    )

    class Meta:
        model = CaseStory
        fields = ("q", "state", "waiting")

    def filter_waiting(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        """Return the drafts that the person of the request may approve."""
        return qs.to_be_approved_by(self.request.user)
