"""Table of municipalities."""

import django_tables2 as tables

from core.tables import ProgramTable

from .models import Municipality


class MunicipalityTable(ProgramTable):
    """The list of municipalities."""

    name = tables.Column(linkify=("dashboard:municipality", {"code": tables.A("code")}))

    class Meta(ProgramTable.Meta):
        model = Municipality
        fields = ("code", "prefecture", "name", "kana", "kind", "is_in_service_area")
