"""Tables of mutual aid."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.tables import NUMBER, ProgramTable

from .models import Activity, Group, Member, Request, Tariff


class AmountColumn(tables.TemplateColumn):
    """A whole number with separators: yen, minutes."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(
            "{% load tsunagari %}{{ value|number }}", attrs=NUMBER, **kwargs
        )


class ActivityTable(ProgramTable):
    """The list of activities."""

    done_on = tables.DateColumn(linkify=lambda record: record.get_absolute_url())
    group = tables.Column(accessor="group__name", verbose_name=_("group"))
    recipient = tables.Column(
        accessor="recipient__name",
        verbose_name=_("recipient"),
        order_by="recipient__number",
    )
    helper = tables.Column(
        accessor="helper__name", verbose_name=_("helper"), order_by="helper__number"
    )
    duration_minutes = AmountColumn()
    fee_jpy = AmountColumn()

    class Meta(ProgramTable.Meta):
        model = Activity
        fields = (
            "done_on",
            "slip_number",
            "kind",
            "group",
            "recipient",
            "helper",
            "duration_minutes",
            "circumstance",
            "service",
            "fee_jpy",
        )


class RequestTable(ProgramTable):
    """The list of requests for help."""

    wished_on = tables.DateColumn(linkify=lambda record: record.get_absolute_url())
    group = tables.Column(accessor="recipient__group__name", verbose_name=_("group"))
    recipient = tables.Column(
        accessor="recipient__name",
        verbose_name=_("recipient"),
        order_by="recipient__number",
    )
    helper = tables.Column(
        accessor="helper__name", verbose_name=_("helper"), order_by="helper__number"
    )

    class Meta(ProgramTable.Meta):
        model = Request
        fields = ("wished_on", "state", "group", "recipient", "service", "helper")


class MemberTable(ProgramTable):
    """The list of members."""

    number = tables.Column(linkify=lambda record: record.get_absolute_url())
    municipality = tables.Column(
        accessor="municipality__name",
        verbose_name=_("municipality"),
        order_by="municipality__code",
    )
    group = tables.Column(accessor="group__name", verbose_name=_("group"))

    class Meta(ProgramTable.Meta):
        model = Member
        fields = (
            "number",
            "name",
            "kana",
            "municipality",
            "group",
            "role",
            "joined_on",
            "left_on",
        )


class StatementTable(ProgramTable):
    """The statements of a month: a row per member with slips."""

    number = tables.Column(
        linkify=lambda record, table: reverse(
            "mutualaid:statement_member", args=[*table.month, record.pk]
        )
    )
    group = tables.Column(accessor="group__name", verbose_name=_("group"))
    received_minutes = AmountColumn(verbose_name=_("received (minutes)"))
    to_pay_jpy = AmountColumn(verbose_name=_("to pay (yen)"))
    helped_minutes = AmountColumn(verbose_name=_("helped (minutes)"))
    to_receive_jpy = AmountColumn(verbose_name=_("to receive (yen)"))

    class Meta(ProgramTable.Meta):
        model = Member
        fields = (
            "number",
            "name",
            "group",
            "received_minutes",
            "to_pay_jpy",
            "helped_minutes",
            "to_receive_jpy",
        )

    # Which month the links lead to is known to the view only.
    def __init__(self, *args: object, month: tuple[int, int], **kwargs: object) -> None:
        self.month = month
        super().__init__(*args, **kwargs)


class TariffTable(ProgramTable):
    """The list of tariffs."""

    group = tables.Column(
        accessor="group__name",
        verbose_name=_("group"),
        linkify=lambda record: record.group.get_absolute_url(),
    )
    valid_from = tables.DateColumn()
    unit_minutes = AmountColumn(verbose_name=_("unit (minutes)"))
    minimum_minutes = AmountColumn(verbose_name=_("minimum (minutes)"))
    rounding_minutes = AmountColumn(verbose_name=_("rounding (minutes)"))
    fee_jpy = AmountColumn(verbose_name=_("fee (yen)"))
    helper_share_jpy = AmountColumn(verbose_name=_("helper's share (yen)"))
    office_share_jpy = AmountColumn(verbose_name=_("office's share (yen)"))
    travel_jpy = AmountColumn(verbose_name=_("travel costs (yen)"))

    class Meta(ProgramTable.Meta):
        model = Tariff
        fields = (
            "group",
            "valid_from",
            "valid_until",
            "unit_minutes",
            "minimum_minutes",
            "rounding_minutes",
            "fee_jpy",
            "helper_share_jpy",
            "office_share_jpy",
            "travel_jpy",
        )


class GroupTable(ProgramTable):
    """The list of groups."""

    name = tables.Column(linkify=lambda record: record.get_absolute_url())

    class Meta(ProgramTable.Meta):
        model = Group
        fields = ("name", "code", "prefecture_code")
