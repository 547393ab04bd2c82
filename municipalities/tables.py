"""Tables of municipalities, desks and delivery courses."""

import datetime as dt
from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core import fiscal
from core.tables import MISSING, ProgramTable

from .desks import area_name, open_state
from .models import DeliveryCourse, Desk, Municipality, phone_uri


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
    """The list of desks, and which of them are open at the instant `at`."""

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
    opening_hours = tables.Column(empty_values=(), orderable=False)
    verified_on = tables.Column(empty_values=())

    class Meta(ProgramTable.Meta):
        model = Desk
        fields = (
            "municipality",
            "prefecture",
            "name",
            "kind",
            "sub_area",
            "phone",
            "opening_hours",
            "verified_on",
        )

    def __init__(self, *args: Any, at: dt.datetime, **kwargs: Any) -> None:
        self.at = at
        self.today = fiscal.local_date(at)
        super().__init__(*args, **kwargs)

    def render_phone(self, value: str) -> SafeString:
        """Make the number one that a phone calls at a touch."""
        return format_html('<a class="tel" href="{}">{}</a>', phone_uri(value), value)

    def render_opening_hours(self, record: Desk) -> SafeString:
        """Say whether it is open now, and when it opens, above the hours themselves."""
        context = {"desk": record, "state": open_state(record, self.at)}
        return render_to_string("municipalities/_open_state.html", context)

    def render_verified_on(self, record: Desk) -> SafeString:
        """Show the day, and in words that it is long ago."""
        context = {"desk": record, "is_due": record.is_due_for_verification(self.today)}
        return render_to_string("municipalities/_verified.html", context)


class DeliveryCourseTable(ProgramTable):
    """The list of delivery courses; expects `areas` with their municipality."""

    workplace = tables.Column(
        accessor="workplace__name",
        verbose_name=_("workplace"),
        order_by=("workplace__code", "code"),
    )
    areas = tables.Column(verbose_name=_("areas"), orderable=False, empty_values=())
    wallet = tables.Column(
        verbose_name=_("wallet sheet"),
        orderable=False,
        empty_values=(),
        linkify=("municipalities:course_wallet", {"pk": tables.A("pk")}),
    )

    class Meta(ProgramTable.Meta):
        model = DeliveryCourse
        fields = ("workplace", "code", "name", "areas", "wallet")

    def render_areas(self, record: DeliveryCourse) -> str:
        """Name the places, one after the other."""
        return "、".join(map(area_name, record.areas.all())) or MISSING

    def render_wallet(self) -> str:
        """Say what the link opens."""
        return _("To print")
