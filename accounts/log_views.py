"""The log of reads: who saw which personal data."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from core.views import ProgramListView

from .filtersets import AccessEntryFilterSet
from .models import AccessEntry
from .reads import record_export
from .tables import AccessEntryTable

# What one person did in a month is to stand on one screen, when it is looked into.
PER_PAGE_OF_ONE = 1000


class AccessLogView(ProgramListView):
    """Who saw which personal data, filtered by person, kind and days."""

    model = AccessEntry
    table_class = AccessEntryTable
    filterset_class = AccessEntryFilterSet
    permission_required = "accounts.view_accessentry"
    title = _("Log of reads")
    intro = _(
        "Who opened, printed or took out personal data. To look into something, choose "
        "the person and the days: all of it stands on one page and in one file."
    )

    def get_queryset(self) -> QuerySet:
        """Join the person, whom every row shows."""
        return super().get_queryset().select_related("user")

    def get_table_pagination(self, table: AccessEntryTable) -> dict[str, Any]:
        """Show what one person did on one page."""
        paging = dict(super().get_table_pagination(table))
        if self.request.GET.get("user"):
            paging["per_page"] = PER_PAGE_OF_ONE
        return paging

    def render_to_response(
        self, context: dict[str, Any], **kwargs: Any
    ) -> HttpResponseBase:
        """Log that the log itself is taken out."""
        record_export(self.request, context["table"])
        return super().render_to_response(context, **kwargs)
