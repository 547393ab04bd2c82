"""Figures of the incident reports."""

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from dashboard.indicators import By, Flow, by_area, register

from .models import IncidentReport

BREAKDOWNS = {
    "channel": By(label=_("Channel"), path="channel"),
    **by_area(),
    "sign": By(
        label=_("What was noticed"),
        path="signs__code",
        name="signs__name",
        adds_up=False,
    ),
    "outcome": By(label=_("Outcome"), path="outcome"),
    "weekday": By(label=_("Day of the week"), path="noticed_weekday"),
    "hour": By(label=_("Hour"), path="noticed_hour"),
    "agreement": By(
        label=_("Agreement in force that day"),
        path="agreement",
        labels={"true": _("With an agreement"), "false": _("Without an agreement")},
    ),
}


def events() -> QuerySet:
    """Return one report per event, with what the breakdowns need."""
    return IncidentReport.objects.counted().by_agreement()


register(
    Flow(
        key="alerts.reports",
        label=_("Reports passed on to a municipal desk"),
        unit=_("reports"),
        definition=_(
            "Reports noticed in the year that were passed on to a municipal desk, "
            "closed or not; several reports of one event count once. A year with "
            "reports of which none was passed on is 0."
        ),
        # All reports, so that a year in which none was passed on is not missing.
        records=events,
        on="noticed_on",
        measure=Count("pk", filter=Q(passed_on_at__isnull=False)),
        by=BREAKDOWNS,
        rows="alerts:report_list",
        rows_query={"passed_on": "true", "merged": "false"},
        permission="alerts.view_incidentreport",
        order=10,
        counts_people=True,
        part_of="alerts.received",
    )
)
register(
    Flow(
        key="alerts.received",
        label=_("Reports received"),
        unit=_("reports"),
        definition=_(
            "All reports noticed in the year, passed on to a municipal desk or not; "
            "several reports of one event count once."
        ),
        records=events,
        on="noticed_on",
        by=BREAKDOWNS,
        rows="alerts:report_list",
        rows_query={"merged": "false"},
        permission="alerts.view_incidentreport",
        order=20,
        counts_people=True,
    )
)
