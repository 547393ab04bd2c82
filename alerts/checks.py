"""What is looked at before a year of incident reports is closed."""

from collections.abc import Iterator

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Workplace
from dashboard.checks import Check, Context, Finding, register

from .choices import ReportState
from .models import IncidentReport

# Who meets people at their doors and tills.
REPORTING = (Workplace.Kind.DELIVERY_CENTRE, Workplace.Kind.STORE)


def not_passed_on(context: Context) -> Iterator[Finding]:
    """Find the reports that nobody has passed on or closed, by workplace."""
    yield from _by_workplace(context, ReportState.RECEIVED)


def without_outcome(context: Context) -> Iterator[Finding]:
    """Find the reports passed on of which no outcome is known, by workplace."""
    yield from _by_workplace(context, ReportState.PASSED_ON)


def _by_workplace(context: Context, state: ReportState) -> Iterator[Finding]:
    # What continues another report waits for nothing of its own.
    reports = _reports(context).filter(state=state, merged_into__isnull=True)
    reports = reports.order_by("workplace__code")
    found = reports.values_list("workplace", "workplace__name").annotate(Count("pk"))
    for workplace, name, count in found:
        text = ngettext("%(name)s: %(n)d report", "%(name)s: %(n)d reports", count)
        yield Finding(
            text=text % {"name": name, "n": count},
            url=_list(context, workplace, state=state.value, merged="false"),
            count=count,
        )


def workplaces_without_reports(context: Context) -> Iterator[Finding]:
    """Find the delivery centres and stores in use without one report in the year."""
    own = _reports(context).filter(workplace=OuterRef("pk"))
    workplaces = Workplace.objects.filter(is_active=True, kind__in=REPORTING)
    for workplace in workplaces.exclude(Exists(own)).order_by("kind", "code"):
        yield Finding(text=workplace.name, url=_list(context, workplace.pk))


def _reports(context: Context) -> QuerySet:
    return context.rows(IncidentReport).filter(
        fiscal_year=context.year, noticed_on__lte=context.last_day
    )


def _list(context: Context, workplace: int, **filters: str) -> str:
    filters |= {"fiscal_year": str(context.year), "workplace": str(workplace)}
    return context.list_url("alerts:report_list", **filters)


register(
    Check(
        key="alerts.passed_on",
        label=gettext_lazy("Every report was passed on"),
        remedy=gettext_lazy(
            "Pass the report on to the municipal desk, or close it with its outcome."
        ),
        find=not_passed_on,
        permission="alerts.view_incidentreport",
        order=10,
    )
)
register(
    Check(
        key="alerts.outcomes",
        label=gettext_lazy("Every report that was passed on has an outcome"),
        remedy=gettext_lazy("Ask the desk how it ended, and close the report."),
        find=without_outcome,
        permission="alerts.view_incidentreport",
        order=20,
    )
)
register(
    Check(
        key="alerts.workplaces_reported",
        label=gettext_lazy("Every delivery centre and store has reported"),
        remedy=gettext_lazy(
            "Ask whether nothing was noticed in the year, or nothing was recorded."
        ),
        find=workplaces_without_reports,
        permission="alerts.view_incidentreport",
        order=30,
    )
)
