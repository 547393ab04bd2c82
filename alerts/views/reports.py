"""The list of reports, and the page of one."""

from typing import Any

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from accounts.reads import record_export
from alerts.filtersets import IncidentReportFilterSet
from alerts.models import IncidentReport
from alerts.tables import IncidentReportTable
from core.views import ProgramListView

from .desk_work import report_context, reports_of


class IncidentReportListView(ProgramListView):
    """The list of reports, without any personal data."""

    model = IncidentReport
    table_class = IncidentReportTable
    filterset_class = IncidentReportFilterSet
    permission_required = "alerts.view_incidentreport"
    template_name = "alerts/incidentreport_list.html"
    title = _("Incident reports")
    create_url = "alerts:report_create"
    create_label = _("Record what you noticed")
    create_permission = "alerts.add_incidentreport"
    empty_hint = _("Nothing has been reported yet.")

    def get_queryset(self) -> QuerySet:
        """Join what every row shows, and number the rows."""
        reports = super().get_queryset().with_number().with_continuation()
        return reports.select_related("municipality", "workplace")

    def render_to_response(
        self, context: dict[str, Any], **kwargs: Any
    ) -> HttpResponseBase:
        """Log an export before the first row goes out."""
        record_export(self.request, context["table"])
        return super().render_to_response(context, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add how many reports wait for being passed on."""
        waiting = IncidentReport.objects.visible_to(self.request.user).waiting()
        return super().get_context_data(waiting=waiting.count(), **kwargs)


class IncidentReportDetailView(PermissionRequiredMixin, DetailView):
    """The page of one report; the person's data stays hidden (`views.personal`)."""

    permission_required = "alerts.view_incidentreport"

    def get_queryset(self) -> QuerySet:
        """Return the reports the person may see, with all that the page shows."""
        return reports_of(self.request)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Log the look before anything is shown."""
        return super().get_context_data(
            **report_context(self.request, self.object), **kwargs
        )
