"""Tables of expected deliveries, of plans and of days without deliveries."""

from urllib.parse import urlencode

import django_tables2 as tables
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.tables import NUMBER, ProgramTable

from .expected import Progress
from .models import DayOff, Plan

MARKS = {Progress.MISSING: "mark-danger", Progress.DELIVERED: "mark-good"}


def _subscriptions_of(record: Plan) -> str:
    query = urlencode({"q": record.member_number})
    return f"{reverse('deliveries:subscription_list')}?{query}"


def _workplace() -> tables.Column:
    return tables.Column(
        accessor="workplace__name", verbose_name=_("workplace"), order_by="workplace"
    )


class ExpectedTable(ProgramTable):
    """The deliveries planned for a day, and whether they came."""

    member_number = tables.Column(linkify=_subscriptions_of)
    service = tables.Column(verbose_name=_("kind of delivery"))
    expected_by = tables.TimeColumn(verbose_name=_("expected by"))
    came_at = tables.TimeColumn(verbose_name=_("came at"))
    families = tables.Column(verbose_name=_("families to be told"), attrs=NUMBER)
    workplace = _workplace()

    class Meta(ProgramTable.Meta):
        model = Plan
        fields = (
            "progress",
            "member_number",
            "service",
            "expected_by",
            "came_at",
            "families",
            "workplace",
        )

    progress = tables.Column(verbose_name=_("state"))

    def render_progress(self, value: str) -> SafeString:
        """Say the state in words; colour repeats it."""
        mark = MARKS.get(value, "")
        return format_html(
            '<span class="mark {}">{}</span>', mark, Progress(value).label
        )


class PlanTable(ProgramTable):
    """The list of plans."""

    member_number = tables.Column(linkify=_subscriptions_of)
    service = tables.Column(verbose_name=_("kind of delivery"))
    days = tables.Column(verbose_name=_("days of the week"), order_by="weekdays")
    expected_by = tables.TimeColumn(verbose_name=_("expected by"))
    workplace = _workplace()
    valid_from = tables.DateColumn(verbose_name=_("planned from"))
    valid_until = tables.DateColumn(verbose_name=_("planned until"))
    change = tables.Column(verbose_name=_("Change"), empty_values=(), orderable=False)

    class Meta(ProgramTable.Meta):
        model = Plan
        fields = (
            "member_number",
            "service",
            "days",
            "expected_by",
            "workplace",
            "valid_from",
            "valid_until",
        )

    def render_change(self, record: Plan) -> SafeString:
        """Lead to the form, and to the end of a plan that has none yet."""
        change = _link("deliveries:plan_update", record.pk, _("Change"))
        if record.valid_until:
            return change
        end = _link("deliveries:plan_end", record.pk, _("End"))
        return format_html("<div>{} {}</div>", change, end)


class DayOffTable(ProgramTable):
    """The list of days without deliveries."""

    workplace = tables.Column(
        accessor="workplace__name",
        verbose_name=_("workplace"),
        order_by="workplace",
        default=_("All workplaces"),
    )
    remove = tables.Column(verbose_name=_("Delete"), empty_values=(), orderable=False)

    class Meta(ProgramTable.Meta):
        model = DayOff
        fields = ("day", "workplace", "reason")

    def render_remove(self, record: DayOff) -> SafeString:
        """Lead to the question whether to delete it."""
        return _link("deliveries:dayoff_delete", record.pk, _("Delete"))


def _link(url: str, pk: int, label: str | Promise) -> SafeString:
    address = reverse(url, args=[pk])
    return format_html('<a class="row-action" href="{}">{}</a>', address, label)
