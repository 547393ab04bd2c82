"""Figures of mutual aid."""

from dataclasses import replace

from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from dashboard.indicators import By, Flow, by_area, register

from .models import Activity

BREAKDOWNS = {
    "group": By(label=_("Mutual-aid group"), path="group__code", name="group__name"),
    "circumstance": By(label=_("Circumstance"), path="circumstance"),
    "service": By(label=_("Service"), path="service"),
    **by_area(),
}

register(
    Flow(
        key="mutualaid.hours",
        label=_("Hours of help"),
        unit=_("hours"),
        definition=_(
            "Hours of all activities of the year, counted in minutes; reversed slips "
            "are taken off on the day of their reversal."
        ),
        records=lambda: Activity.objects.all(),
        on="done_on",
        measure=Sum("duration_minutes"),
        per=60,
        by=BREAKDOWNS,
        rows="mutualaid:activity_list",
        rows_total="hours",
        permission="mutualaid.view_activity",
        order=10,
    )
)
register(
    Flow(
        key="mutualaid.active_helpers",
        label=_("Active helpers"),
        unit=_("helpers"),
        definition=_("Different members who helped at least once in the year."),
        records=lambda: Activity.objects.standing(),
        on="done_on",
        measure=Count("helper", distinct=True),
        # One helper may stand in several of these groups.
        by={name: replace(by, adds_up=False) for name, by in BREAKDOWNS.items()},
        rows="mutualaid:activity_list",
        rows_query={"standing": "true"},
        rows_total="helpers",
        permission="mutualaid.view_activity",
        order=20,
        counts_people=True,
    )
)
