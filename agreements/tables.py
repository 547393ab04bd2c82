"""Tables of agreements and visits."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from core.tables import ProgramTable
from municipalities.models import Municipality

from .models import Agreement, Visit


class AgreementTable(ProgramTable):
    """The list of agreements."""

    municipality = tables.Column(
        accessor="municipality__name",
        verbose_name=_("municipality"),
        linkify=lambda record: record.get_absolute_url(),
        order_by="municipality__code",
    )
    prefecture = tables.Column(
        accessor="municipality__prefecture",
        verbose_name=_("prefecture"),
        order_by="municipality__code",
    )

    class Meta(ProgramTable.Meta):
        model = Agreement
        fields = (
            "municipality",
            "prefecture",
            "kind",
            "signed_on",
            "in_force_from",
            "in_force_until",
            "department",
        )


class VisitTable(ProgramTable):
    """The list of visits."""

    visited_on = tables.DateColumn(linkify=lambda record: record.get_absolute_url())
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

    class Meta(ProgramTable.Meta):
        model = Visit
        fields = (
            "visited_on",
            "municipality",
            "prefecture",
            "state",
            "met_head",
            "their_attendance",
        )


class UnvisitedTable(ProgramTable):
    """The list of municipalities not yet visited."""

    last_visit_on = tables.DateColumn(verbose_name=_("Last visit"), default=_("never"))

    class Meta(ProgramTable.Meta):
        model = Municipality
        fields = ("prefecture", "name", "last_visit_on")
