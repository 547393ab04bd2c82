"""Personal data of a report: revealed by a click, printed, and who looked at it."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.filtersets import SubjectEntryFilterSet
from accounts.models import AccessEntry
from accounts.reads import record_export, record_read
from accounts.tables import SubjectEntryTable
from alerts.models import IncidentReport
from alerts.reveal import PrintForm, RevealForm
from alerts.services import viewers_of
from core.views import ProgramListView

from .desk_work import page_context, report_context, reports_of

DETAIL = "alerts/incidentreport_detail.html"


@require_POST
@permission_required("alerts.view_incidentreport", raise_exception=True)
def report_reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the page with the person's data, once, after logging who looks and why.

    htmx takes the parts that hold such data out of the page and puts them in place.
    """
    report = get_object_or_404(reports_of(request), pk=pk)
    form = RevealForm(request.POST, report=report, user=request.user)
    if not form.is_valid():
        context = report_context(request, report) | {"reveal_form": form}
        return render(request, DETAIL, {"incidentreport": report, **context})
    record_read(
        user=request.user,
        action=AccessEntry.Action.REVEAL,
        subject=report,
        reason=form.logged,
    )
    context = page_context(request, report) | {"revealed": True}
    context["photos"] = report.photos.select_related("added_by")
    return render(request, DETAIL, {"incidentreport": report, **context})


@require_POST
@permission_required("alerts.handle_incidentreport", raise_exception=True)
def report_print(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the sheet for the desk, after logging who prints it and why."""
    report = get_object_or_404(reports_of(request), pk=pk)
    form = PrintForm(request.POST, report=report, user=request.user)
    if report.erased_at or not form.is_valid():
        context = report_context(request, report) | {"print_form": form}
        return render(request, DETAIL, {"incidentreport": report, **context})
    record_read(
        user=request.user,
        action=AccessEntry.Action.PRINT,
        subject=report,
        reason=form.logged,
    )
    context = {
        "report": report,
        "signs": report.signs.all(),
        "follow_ups": report.follow_ups.all(),
        "printed_at": timezone.now(),
    }
    return render(request, "alerts/report_sheet.html", context)


class ReportLooksView(ProgramListView):
    """Everybody who saw a report: when, how and why."""

    model = AccessEntry
    table_class = SubjectEntryTable
    filterset_class = SubjectEntryFilterSet
    permission_required = "alerts.handle_incidentreport"
    title = _("Who has seen this report")

    def get_queryset(self) -> QuerySet:
        """Return the entries about the report, if the person may see it."""
        reports = IncidentReport.objects.visible_to(self.request.user)
        self.report = get_object_or_404(reports, pk=self.kwargs["pk"])
        return viewers_of(self.report)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the report."""
        return super().get_context_data(**kwargs) | {
            "intro": self.report.receipt_number
        }

    def render_to_response(
        self, context: dict[str, Any], **kwargs: Any
    ) -> HttpResponseBase:
        """Log that the log itself is taken out."""
        record_export(self.request, context["table"])
        return super().render_to_response(context, **kwargs)
