"""The base of every list's table."""

from collections.abc import Iterable

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

    @tables.Table.order_by.setter
    def order_by(self, value: str | Iterable[str] | None) -> None:
        """Sort by the columns named; names of none are ignored.

        Left to django-tables2, one with a dot brings a warning first.
        """
        names = value.split(",") if isinstance(value, str) else value or ()
        known = [name for name in names if name.removeprefix("-") in self.columns]
        tables.Table.order_by.fset(self, known)


NUMBER = {"td": {"class": "number"}, "th": {"class": "number"}}
