"""Figures as files: a row per figure with all that is known of it, or a table as shown.

The whole year as one workbook is made in `dashboard.workbook`.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import fiscal
from core.spreadsheets.exports import KINDS as FILE_KINDS
from core.spreadsheets.exports import Sheet

from .book import breakdowns
from .figures import Figure, plain_number, rounded
from .indicators import Indicator, Ratio
from .listing import correction_text
from .pages import Cell, Drawing, Table

KINDS = tuple(FILE_KINDS)
# What stands in the address for the whole year as a workbook.
WORKBOOK = "workbook"


def figures_sheet(figures: Iterable[Figure], title: str) -> Sheet:
    """Return a row per figure; see `header()`."""
    return Sheet(title, header(), [spreadsheet_row(figure) for figure in figures])


def header() -> list[str]:
    """Return the headings of a spreadsheet of figures."""
    return [
        pgettext("figure", "Fiscal year"),
        pgettext("figure", "Figure"),
        pgettext("figure", "Parts by"),
        pgettext("figure", "Part"),
        pgettext("figure", "Value"),
        pgettext("figure", "Unit"),
        pgettext("figure", "Status"),
        pgettext("figure", "As of"),
        pgettext("figure", "From rows"),
        pgettext("figure", "Number of rows"),
        pgettext("figure", "Numerator"),
        pgettext("figure", "Denominator"),
        pgettext("figure", "Printed"),
        pgettext("figure", "Note"),
        pgettext("figure", "Corrections"),
        pgettext("figure", "Source"),
        pgettext("figure", "Key"),
    ]


def spreadsheet_row(figure: Figure) -> list[Any]:
    """Return a figure as a row under `header()`."""
    indicator = figure.indicator
    by = breakdowns(indicator).get(figure.by)
    key = indicator.key
    return [
        figure.fiscal_year,
        str(indicator.label),
        str(by.label) if by else "",
        figure.name,
        _shown(figure.value, indicator),
        str(indicator.unit),
        str(figure.status.label),
        figure.as_of,
        _shown(figure.computed_value, indicator),
        figure.rows,
        plain_number(figure.amount.numerator),
        plain_number(figure.amount.denominator),
        figure.printed,
        "\n".join(_notes(figure)),
        "\n".join(correction_text(one) for one in figure.corrections),
        figure.source,
        f"{key} {figure.breakdown}" if figure.breakdown else key,
    ]


def _shown(value: Any, indicator: Indicator) -> Any:
    """Return a number rounded as the screen shows it; None without."""
    return None if value is None else plain_number(rounded(value, indicator.decimals))


def _notes(figure: Figure) -> list[str]:
    """Return all that is said of a figure but its corrections."""
    said = list(figure.notes)
    if figure.is_break:
        said.insert(0, _("Break in series: not comparable with the years before."))
    for version, value in figure.other_versions:
        words = {"version": version, "number": _shown(value, figure.indicator)}
        said.append(_("Closing, version %(version)s: %(number)s") % words)
    if figure.is_replaced and figure.replaced:
        words = {"number": _shown(figure.replaced.value, figure.indicator)}
        said.append(_("Published before closing: %(number)s") % words)
    if figure.is_different:
        words = {"number": _shown(figure.computed_value, figure.indicator)}
        said.append(_("Computed from the records: %(number)s") % words)
    return said


# Tables as they are shown -------------------------------------------------------------


class _Column(NamedTuple):
    """A column of figures: its heading, and whether it shows the parts of ratios."""

    label: str
    has_parts: bool
    has_failed: bool = False

    def header(self) -> Iterator[str]:
        yield self.label
        if self.has_parts:
            yield f"{self.label}: {pgettext('figure', 'Numerator')}"
            yield f"{self.label}: {pgettext('figure', 'Denominator')}"
        yield f"{self.label}: {pgettext('figure', 'Status')}"
        yield f"{self.label}: {pgettext('figure', 'As of')}"

    def cells(self, figure: Figure | None) -> Iterator[Any]:
        """Yield the cells of a figure; empty ones, never 0, where it is not known."""
        yield _shown(figure.value, figure.indicator) if figure else None
        if self.has_parts:
            yield plain_number(figure.amount.numerator) if figure else None
            yield plain_number(figure.amount.denominator) if figure else None
        failed = _failed() if self.has_failed else ""
        yield str(figure.status.label) if figure else failed
        yield figure.as_of if figure else None


def _failed() -> str:
    return _("This figure cannot be computed at the moment.")


def _column(indicator: Indicator, *, has_failed: bool = False) -> _Column:
    label = f"{indicator.label} ({indicator.unit})"
    return _Column(label, isinstance(indicator, Ratio), has_failed)


def _row(
    first: Sequence[Any], columns: Sequence[_Column], figures: Sequence[Figure | None]
) -> list[Any]:
    """Return the cells of a row; what is said of its figures comes last."""
    pairs = zip(columns, figures, strict=True)
    cells = [cell for column, figure in pairs for cell in column.cells(figure)]
    said = [
        f"{figure.fiscal_year} {figure.indicator.label}: {text}"
        for figure in figures
        if figure
        for text in (*_notes(figure), *map(correction_text, figure.corrections))
    ]
    return [*first, *cells, "\n".join(said)]


def _sheet(
    title: str, first: Sequence[str], columns: Sequence[_Column], rows: Iterable[Any]
) -> Sheet:
    labels = [label for column in columns for label in column.header()]
    return Sheet(title, [*first, *labels, pgettext("figure", "Note")], list(rows))


def years_sheet(table: Table, title: str) -> Sheet:
    """Return the table of all years as it is shown: a row per year."""
    columns = _columns(table)
    rows = [
        _row([row.heading], columns, row.figures)
        for _heading, rows in table.groups
        for row in rows
    ]
    return _sheet(title, [pgettext("figure", "Fiscal year")], columns, rows)


def parts_sheet(table: Table, label: str, title: str) -> Sheet:
    """Return the table of parts as it is shown, with keys, the whole last."""
    columns = _columns(table)
    is_grouped = any(heading for heading, _rows in table.groups)
    first = [pgettext("figure", "Key"), label]
    if is_grouped:
        first.insert(1, _("Prefecture"))
    rows = []
    for heading, group in table.groups:
        above = [heading] if is_grouped else []
        rows += [
            _row([row.key, *above, row.heading], columns, row.figures) for row in group
        ]
    if table.groups and table.whole:
        above = [""] if is_grouped else []
        rows.append(_row(["", *above, _("Whole")], columns, table.whole))
    return _sheet(title, first, columns, rows)


def _columns(table: Table) -> list[_Column]:
    return [
        _column(column.indicator, has_failed=column.series is None)
        for column in table.columns
    ]


def chart_sheet(drawing: Drawing) -> Sheet:
    """Return the numbers of a chart as the table beside it shows them."""
    columns = [_column(drawing.indicator)]
    rows = [
        _row([fiscal.label(year)], columns, [figure])
        for year, figure in drawing.figures
    ]
    title = str(drawing.indicator.label)
    return _sheet(title, [pgettext("figure", "Fiscal year")], columns, rows)


def compared_sheet(cells: Iterable[Cell], year: int, other: int, title: str) -> Sheet:
    """Return two years beside each other as shown: a row per figure, and the change."""
    status = pgettext("figure", "Status")
    change, unit = pgettext("figure", "Change"), pgettext("figure", "Unit")
    heads = [pgettext("figure", "Figure"), unit]
    for one in (year, other):
        heads += [fiscal.label(one), status]
    rows = []
    for cell in cells:
        row: list[Any] = [str(cell.indicator.label), str(cell.indicator.unit)]
        for figure in (cell.figure, cell.before):
            if figure is None or figure.value is None:
                row += [None, None]
            else:
                value = rounded(figure.value, cell.indicator.decimals)
                row += [plain_number(value), str(figure.status.label)]
        told = cell.change if cell.change and cell.change.share is None else None
        row += (
            [plain_number(told.difference), plain_number(told.percent)] if told else []
        )
        rows.append([*row, *[None] * (len(heads) + 2 - len(row))])
    both = f"{title} {fiscal.label(year)} {fiscal.label(other)}"
    return Sheet(both, [*heads, change, f"{change} (%)"], rows)


def place_sheet(
    table: Iterable[tuple[Indicator, Sequence[Figure | None] | None]],
    years: Sequence[int],
    title: str,
) -> Sheet:
    """Return the figures of a municipality as shown: a row each, a column per year."""
    table = list(table)
    has_parts = any(isinstance(indicator, Ratio) for indicator, _figures in table)
    columns = [_Column(fiscal.label(year), has_parts) for year in years]
    broken = [column._replace(has_failed=True) for column in columns]
    rows = [
        _row(
            [str(indicator.label), str(indicator.unit)],
            broken if figures is None else columns,
            figures or [None] * len(years),
        )
        for indicator, figures in table
    ]
    first = [pgettext("figure", "Figure"), pgettext("figure", "Unit")]
    return _sheet(title, first, columns, rows)
