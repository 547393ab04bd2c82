"""Tables of reports and case stories; none shows personal data."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from core.tables import MISSING, ProgramTable

from .models import CaseStory, IncidentReport


class IncidentReportTable(ProgramTable):
    """The list of reports."""

    number = tables.Column(
        verbose_name=_("Receipt number"),
        linkify=lambda record: record.get_absolute_url(),
        order_by="pk",
    )
    municipality = tables.Column(
        accessor="municipality__name",
        verbose_name=_("municipality"),
        order_by="municipality__code",
    )
    prefecture = tables.Column(
        accessor="municipality__prefecture",
        verbose_name=_("prefecture"),
        order_by="municipality__code",
    )
    workplace = tables.Column(
        accessor="workplace__name", verbose_name=_("workplace"), order_by="workplace"
    )

    is_continuation = tables.Column(verbose_name=_("Continuation"), orderable=False)

    class Meta(ProgramTable.Meta):
        model = IncidentReport
        fields = (
            "number",
            "noticed_at",
            "state",
            "is_continuation",
            "municipality",
            "prefecture",
            "channel",
            "workplace",
            "passed_on_at",
            "outcome",
        )

    def render_is_continuation(self, value: bool) -> str:
        """Mark a report that continues another one."""
        return _("Continuation") if value else MISSING


class CaseStoryTable(ProgramTable):
    """The list of case stories."""

    title = tables.Column(linkify=lambda record: record.get_absolute_url())
    written_by = tables.Column(
        accessor="written_by__display_name", verbose_name=_("written by")
    )
    approved_by = tables.Column(
        accessor="approved_by__display_name", verbose_name=_("approved by")
    )

    class Meta(ProgramTable.Meta):
        model = CaseStory
        fields = (
            "title",
            "area",
            "season",
            "state",
            "written_at",
            "written_by",
            "approved_by",
        )
