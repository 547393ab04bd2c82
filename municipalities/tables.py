"""Table of municipalities."""

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.tables import ProgramTable

from .models import Desk, Municipality, phone_uri


class MunicipalityTable(ProgramTable):
    """The list of municipalities."""

    name = tables.Column(linkify=("dashboard:municipality", {"code": tables.A("code")}))

    class Meta(ProgramTable.Meta):
        model = Municipality
        fields = ("code", "prefecture", "name", "kana", "kind", "is_in_service_area")

    def render_is_in_service_area(self, value: bool) -> str:
        """Say it in a word."""
        return _("Yes") if value else _("No")


class DeskTable(ProgramTable):
    """The list of desks."""

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
    name = tables.Column(linkify=lambda record: record.get_absolute_url())
    verified_on = tables.DateColumn(default=_("never"))

    class Meta(ProgramTable.Meta):
        model = Desk
        fields = (
            "municipality",
            "prefecture",
            "name",
            "kind",
            "sub_area",
            "phone",
            "verified_on",
        )

    def render_phone(self, value: str) -> SafeString:
        """Make the number one that a phone calls at a touch."""
        return format_html('<a class="tel" href="{}">{}</a>', phone_uri(value), value)
