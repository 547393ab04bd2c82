"""The base of every list's table."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

MISSING = "–"


class ProgramTable(tables.Table):
    """A table in the house's look; on a phone each row becomes a card.

    Columns whose accessor is a path of model fields are exported; see
    `core.spreadsheets.exports`. A column with `attrs=NUMBER` is right-aligned.
    """

    class Meta:
        """Options that subclasses inherit with `class Meta(ProgramTable.Meta)`."""

        template_name = "components/_table.html"
        empty_text = _("No rows match.")
        default = MISSING


NUMBER = {"td": {"class": "number"}, "th": {"class": "number"}}
