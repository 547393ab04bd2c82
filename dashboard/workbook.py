"""The whole year as one workbook: a sheet per program, and one of definitions."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import fiscal
from core.programs import installed_programs
from core.spreadsheets.exports import Sheet

from .book import Book, breakdowns
from .exports import header, spreadsheet_row
from .figures import Status
from .indicators import WHOLE, Indicator
from .models import YearClosing
from .pages import read_series


def year_sheets(
    year: int, indicators: Iterable[Indicator], stored: QuerySet, today: dt.date
) -> Iterator[Sheet]:
    """Yield a sheet per program with every figure of `year` and all of its parts.

    A published figure whose year was closed since follows the closed one. The last
    sheet says what the figures mean. Queries: as those of a book, and one more.
    """
    indicators = list(indicators)
    book = Book(indicators, stored, today=today, only=Q(fiscal_year=year), since=year)
    for program in installed_programs():
        own = [one for one in indicators if one.app_label == program.label]
        if own:
            rows = [row for one in own for row in _rows(book, one, year)]
            yield Sheet(str(program.verbose_name), header(), rows)
    yield _definitions(book, year, stored)


def _rows(book: Book, indicator: Indicator, year: int) -> Iterator[list[Any]]:
    for by in (WHOLE, *breakdowns(indicator)):
        series = read_series(book, indicator, by, [year])
        if series is None:
            yield _failure(indicator, by, year)
            continue
        for figure in series.values():
            yield spreadsheet_row(figure)
            if figure.replaced:
                yield spreadsheet_row(figure.replaced)


def _failure(indicator: Indicator, by: str, year: int) -> list[Any]:
    """Return the row of an indicator that failed: it says so, and holds no number."""
    row: list[Any] = [None] * len(header())
    label = str(breakdowns(indicator)[by].label) if by else ""
    row[:3] = year, str(indicator.label), label
    row[6] = _("This figure cannot be computed at the moment.")
    row[-1] = f"{indicator.key} {by}".strip()
    return row


def _definitions(book: Book, year: int, stored: QuerySet) -> Sheet:
    """Return what the figures mean: as frozen, where the year is closed."""
    closing = book.closings.get(year)
    frozen = {}
    if closing:
        found = stored.filter(closing=closing, breakdown=WHOLE)
        frozen = {row.indicator: row for row in found}
    rows = [_definition(one, frozen.get(one.key)) for one in book.indicators]
    rows += [["", str(Status(s).label), "", text, ""] for s, text in _legend()]
    rows.append(["", _("(empty)"), "", _("not known (this is not zero)"), ""])
    if closing:
        rows.append(["", _("Closing"), "", _closed(closing), ""])
        rows.append(["", "SHA-256", "", closing.sha256, ""])
    columns = [
        pgettext("figure", "Key"),
        pgettext("figure", "Figure"),
        pgettext("figure", "Unit"),
        pgettext("figure", "Definition"),
        pgettext("figure", "Breakdowns"),
    ]
    return Sheet(pgettext("figure", "Definitions"), columns, rows)


def _definition(indicator: Indicator, frozen: Any) -> list[str]:
    said = frozen if frozen and frozen.definition else indicator
    parts = [f"{by.label} ({name})" for name, by in breakdowns(indicator).items()]
    texts = (said.label, said.unit, said.definition)
    return [indicator.key, *map(str, texts), "、".join(parts)]


def _legend() -> list[tuple[str, str]]:
    return [
        (Status.PUBLISHED, _("as a publication printed it")),
        (Status.CLOSED, _("frozen when the year was closed")),
        (Status.PROVISIONAL, _("computed now from the rows")),
    ]


def _closed(closing: YearClosing) -> str:
    return _("version %(version)s, closed on %(day)s by %(name)s") % {
        "version": closing.version,
        "day": fiscal.local_date(closing.closed_at).isoformat(),
        "name": closing.closed_by_name or "–",
    }
