"""What the pages show: cards, cells, tables and charts put together from a book."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.functional import Promise

from core import fiscal
from core.programs import ProgramConfig, installed_programs
from core.templatetags.tsunagari import number
from municipalities.prefectures import PREFECTURES

from . import charts
from .book import Book, Series, breakdowns
from .figures import Change, Figure, Status, change
from .indicators import WHOLE, By, Indicator, Ratio, registry

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

logger = logging.getLogger(__name__)
PAGE = "dashboard.view_annualfigure"
CHART_YEARS = 15


def indicators_for(user: "AbstractBaseUser | AnonymousUser") -> list[Indicator]:
    """Return the indicators `user` may see, in their order; none without the page."""
    if not user.has_perm(PAGE):
        return []
    return [one for one in registry if user.has_perm(one.permission)]


def read_series(
    book: Book,
    indicator: Indicator,
    by: str = WHOLE,
    years: Iterable[int] | None = None,
) -> Series | None:
    """Return a series; None when its indicator fails, which is logged.

    One broken indicator must not take the other figures from the page.
    """
    try:
        return book.series(indicator, by, years)
    except Exception:  # noqa: BLE001 - whatever a program's declaration raises
        logger.exception("The indicator %s failed", indicator.key)
        return None


@dataclass(frozen=True)
class Parts:
    """The published parts of a figure: what they are parts by, and the parts."""

    label: str | Promise
    figures: Sequence[Figure]


@dataclass(frozen=True)
class Cell:
    """One indicator of one year: the figure, that of another year, the change."""

    indicator: Indicator
    figure: Figure | None = None
    before: Figure | None = None
    change: Change | None = None
    parts: Sequence[Parts] = ()
    has_failed: bool = False


@dataclass(frozen=True)
class Drawing:
    """A chart with the figures it shows, for the table beside it."""

    indicator: Indicator
    chart: charts.Chart
    figures: Sequence[tuple[int, Figure | None]]

    @property
    def is_line(self) -> bool:
        """Tell whether dots and lines are drawn, as for a rate, and not bars."""
        return isinstance(self.indicator, Ratio)

    @property
    def tick_decimals(self) -> int:
        """How many decimals the numbers beside the ticks need."""
        values = [tick.value for tick in self.chart.ticks]
        return 0 if all(v == v.to_integral_value() for v in values) else 1


@dataclass(frozen=True)
class Card:
    """A program's year: its cells, the first of them large, and its chart."""

    program: ProgramConfig
    cells: Sequence[Cell]
    drawing: Drawing | None

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing of the year is known, and nothing failed."""
        return not any(c.figure or c.has_failed or c.parts for c in self.cells)


@dataclass(frozen=True)
class Column:
    """An indicator as a column of a table; None in `series` when it failed."""

    indicator: Indicator
    series: Series | None

    def at(self, year: int, part: str = WHOLE) -> Figure | None:
        """Return the figure of a row, None when it is not known."""
        return (self.series or {}).get((year, part))


def year_cards(book: Book, year: int, other: int) -> list[Card]:
    """Return a card per program with figures of `year` beside those of another year."""
    found = []
    for program in installed_programs():
        own = [i for i in book.indicators if i.app_label == program.label]
        if own:
            cells = [year_cell(book, indicator, year, other) for indicator in own]
            drawing = None
            if series := read_series(book, own[0]):
                drawing = draw(own[0], series, year, book.running, charts.SMALL)
            found.append(Card(program, cells, drawing))
    return found


def year_cell(book: Book, indicator: Indicator, year: int, other: int) -> Cell:
    """Return one indicator of one year, with its published parts.

    No change is told over a break of the series between the two years.
    """
    series = read_series(book, indicator)
    if series is None:
        return Cell(indicator, has_failed=True)
    figure, before = series.get((year, WHOLE)), series.get((other, WHOLE))
    parts = []
    for by in book.stored_breakdowns(indicator, year):
        found = read_series(book, indicator, by, [year]) or {}
        stored = [figure for figure in found.values() if figure.is_stored]
        parts.append(Parts(breakdowns(indicator)[by].label, in_order(stored, by)))
    between = range(min(year, other) + 1, max(year, other) + 1)
    steps = [series.get((one, WHOLE)) for one in between]
    is_broken = any(step.is_break for step in steps if step)
    changed = None if is_broken else change(figure, before)
    return Cell(indicator, figure, before, changed, parts)


def in_order(figures: Iterable[Figure], by: str) -> list[Figure]:
    """Sort parts as their choices stand; places by code, others the largest first."""
    figures = list(figures)
    if not figures:
        return []
    order = {key: i for i, key in enumerate(figures[0].indicator.choices(by))}
    if order:
        return sorted(figures, key=lambda f: (order.get(f.key, len(order)), f.key))
    if by in ("prefecture", "municipality"):
        return sorted(figures, key=lambda f: f.key)
    return sorted(figures, key=lambda f: (-(f.value or 0), f.key))


def draw(
    indicator: Indicator, series: Series, year: int, running: int, size: charts.Size
) -> Drawing | None:
    """Return the chart of a series, with a gap for each unknown year; None if empty."""
    known = [place[0] for place in series]
    if not known:
        return None
    last = max(*known, year)
    if year <= running - CHART_YEARS:
        last = min(last, year + CHART_YEARS // 2)
    first = max(min(*known, year), last - CHART_YEARS + 1)
    years = range(first, last + 1)
    figures = [(one, series.get((one, WHOLE))) for one in years]
    points = [_point(one, figure, indicator, one == year) for one, figure in figures]
    if isinstance(indicator, Ratio):
        return Drawing(
            indicator, charts.line_chart(points, size, top=Decimal(100)), figures
        )
    return Drawing(indicator, charts.bar_chart(points, size), figures)


def drawings(columns: Sequence[Column], year: int, running: int) -> list[Drawing]:
    """Return the large chart of every column of which anything is known."""
    found = [
        draw(column.indicator, column.series, year, running, charts.LARGE)
        for column in columns
        if column.series
    ]
    return [drawing for drawing in found if drawing]


def _point(
    year: int, figure: Figure | None, indicator: Indicator, is_chosen: bool
) -> charts.Point:
    value = figure.value if figure else None
    return charts.Point(
        label=fiscal.label(year),
        value=value,
        text="" if value is None else number(value, indicator.decimals),
        is_break=bool(figure and figure.is_break),
        is_chosen=is_chosen,
        is_provisional=bool(figure and figure.status is Status.PROVISIONAL),
        has_note=bool(figure and figure.has_notes),
    )


@dataclass(frozen=True)
class TableRow:
    """One row: its heading, the key behind it, and its figures."""

    heading: str
    key: str
    figures: Sequence[Figure | None]
    year: int = 0
    is_chosen: bool = False


@dataclass(frozen=True)
class Table:
    """Figures in rows: heading and key of each row, and its figures by column.

    groups: (heading of the group, its rows); one group without heading where there
    is nothing to group.
    """

    columns: Sequence[Column]
    groups: Sequence[tuple[str, Sequence[TableRow]]]
    whole: Sequence[Figure | None] = ()
    adds_up: bool = True

    @property
    def figures(self) -> list[Figure]:
        """All figures of the table, row by row."""
        rows = [row for _heading, rows in self.groups for row in rows]
        return [figure for row in rows for figure in row.figures if figure]

    @property
    def noted(self) -> list[Figure]:
        """The figures of which there is more to say, row by row."""
        return [figure for figure in self.figures if figure.has_notes]


def years_table(columns: Sequence[Column], chosen: int) -> Table:
    """Return a row per year, the newest first, from the first known to the last."""
    known = {place[0] for c in columns for place in c.series or {}}
    years = range(max(known), min(known) - 1, -1) if known else ()
    rows = [
        TableRow(
            fiscal.label(year),
            str(year),
            [column.at(year) for column in columns],
            year,
            year == chosen,
        )
        for year in years
    ]
    return Table(columns, [("", rows)])


def parts_table(
    columns: Sequence[Column], wholes: Sequence[Column], by: str, year: int
) -> Table:
    """Return a row per part of the year; municipalities in groups by prefecture."""
    samples: dict[str, Figure] = {}
    for column in columns:
        for (one, key), figure in (column.series or {}).items():
            if one == year and (key not in samples or samples[key].name == key):
                samples[key] = figure
    rows = [
        TableRow(sample.name, sample.key, [c.at(year, sample.key) for c in columns])
        for sample in in_order(samples.values(), by)
    ]
    groups: dict[str, list[TableRow]] = {}
    for row in rows:
        heading = _prefecture(row.key) if by == "municipality" else ""
        groups.setdefault(heading, []).append(row)
    return Table(
        columns,
        list(groups.items()),
        [column.at(year) for column in wholes],
        all(adds_up(column.indicator, by) for column in columns),
    )


def _prefecture(code: str) -> str:
    return PREFECTURES[int(code[:2]) - 1] if code[:2].isdecimal() else ""


def adds_up(indicator: Indicator, by: str) -> bool:
    """Tell whether the parts of a breakdown sum to the whole."""
    return breakdowns(indicator)[by].adds_up


def breakdown_choices(indicators: Iterable[Indicator]) -> dict[str, By]:
    """Return every breakdown that any of the indicators has, in their order."""
    found: dict[str, By] = {}
    for indicator in indicators:
        for name, by in breakdowns(indicator).items():
            found.setdefault(name, by)
    return found
