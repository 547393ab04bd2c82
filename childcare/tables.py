"""Tables of hubs and sessions."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from core.tables import NUMBER, ProgramTable

from .models import Hub, Session
from .months import Month


class HubTable(ProgramTable):
    """The list of hubs."""

    name = tables.Column(linkify=lambda record: record.get_absolute_url())
    municipality = tables.Column(
        accessor="municipality__name",
        verbose_name=_("municipality"),
        order_by="municipality__code",
    )
    capacity = tables.Column(attrs=NUMBER)

    class Meta(ProgramTable.Meta):
        model = Hub
        fields = (
            "code",
            "name",
            "municipality",
            "series",
            "hub_type",
            "contract_from",
            "contract_until",
            "capacity",
        )


class NotReportedTable(ProgramTable):
    """The list of hubs that have not reported a month."""

    name = tables.Column(linkify=lambda record: record.get_absolute_url())
    municipality = tables.Column(
        accessor="municipality__name",
        verbose_name=_("municipality"),
        order_by="municipality__code",
    )
    sheet = tables.Column(
        verbose_name=_("Month sheet"),
        accessor="missing_month",
        orderable=False,
        linkify=lambda record: record.month_url(Month.of(record.missing_month)),
    )

    class Meta(ProgramTable.Meta):
        model = Hub
        fields = ("code", "name", "municipality", "series")
        sequence = ("code", "name", "municipality", "series", "sheet")
        empty_text = _("Every hub has reported this month.")

    def render_sheet(self) -> str:
        """Return the text of the link."""
        return _("Enter the month")


class SessionTable(ProgramTable):
    """The list of sessions."""

    held_on = tables.DateColumn(linkify=lambda record: record.get_absolute_url())
    hub = tables.Column(
        accessor="hub__name", verbose_name=_("hub"), order_by="hub__code"
    )
    municipality = tables.Column(
        accessor="hub__municipality__name",
        verbose_name=_("municipality"),
        order_by="hub__municipality__code",
    )
    families = tables.Column(attrs=NUMBER)
    adults = tables.Column(attrs=NUMBER)
    children = tables.Column(attrs=NUMBER)
    first_timers = tables.Column(attrs=NUMBER)
    consultations = tables.Column(attrs=NUMBER)

    class Meta(ProgramTable.Meta):
        model = Session
        fields = (
            "held_on",
            "slot",
            "hub",
            "municipality",
            "families",
            "adults",
            "children",
            "first_timers",
            "consultations",
        )
