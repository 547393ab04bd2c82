"""Reading lists from CSV files and Excel workbooks, naming every place that is wrong.

A `Reading` hands out rows, collects what is refused, and in the end lets all of it
through or nothing: `finish()` raises SpreadsheetError with file, sheet, row and column.
"""

import datetime as dt
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.text import INVISIBLE, fold

from .sources import Cells, FileRefused, Unreadable, open_source

# In a cell of several lines these are no hidden characters.
LINE_ENDS = str.maketrans("", "", "\t\r\n")
TOTALS = {fold(word) for word in ("合計", "小計", "総計", "計", "total", "subtotal")}
# How far below the top of a sheet its header may stand, under a title or a date.
HEADER_WITHIN = 10
MAX_ROWS = 100_000


@dataclass(frozen=True)
class Column:
    """A column that a list may have: its name, other headers for it, and the need."""

    name: str
    aliases: tuple[str, ...] = ()
    is_required: bool = True

    def is_headed(self, header: str) -> bool:
        """Tell whether `header` (folded) means this column."""
        return header in {fold(name) for name in (self.name, *self.aliases)}


@dataclass(frozen=True)
class Row:
    """One record: where it stands, and its values by column name.

    A value is text as written, or what a workbook stores: number, date, truth value.
    `sheet` is empty for CSV. `number` counts from 1 as spreadsheet programs do.
    """

    sheet: str
    number: int
    values: Mapping[str, Any]

    def text(self, name: str) -> str:
        """Return the value as a person would type it; empty where there is none."""
        value = self.values.get(name, "")
        if isinstance(value, bool):
            return str(int(value))
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, dt.datetime):
            has_time = value.time() != dt.time.min
            return f"{value:%Y/%m/%d %H:%M}" if has_time else f"{value:%Y/%m/%d}"
        return str(value).strip()


class Problem(NamedTuple):
    """One thing that is wrong, and where; `row` 0 is the file or sheet as a whole."""

    file: str
    sheet: str
    row: int
    column: str
    message: str

    def __str__(self) -> str:
        place = [self.file] if self.file else []
        if self.sheet:
            place.append(_("sheet %(sheet)s") % {"sheet": self.sheet})
        if self.row:
            place.append(_("row %(row)d") % {"row": self.row})
        if self.column:
            place.append(_("column %(column)s") % {"column": self.column})
        return f"{', '.join(place)}: {self.message}" if place else self.message


class SpreadsheetError(Exception):
    """Nothing was taken over; `problems` says why.

    Of the `read` rows below the header `refused` are wrong, the others are not.
    """

    def __init__(self, problems: Sequence[Problem], read: int, refused: int) -> None:
        super().__init__(problems, read, refused)
        self.problems = problems
        self.read = read
        self.refused = refused

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


@dataclass
class Reading:
    """The reading of one file: its rows, what was refused, and how many there were.

    `notes` are for the person who brings the file, such as sheets that are hidden.
    """

    file: BinaryIO
    filename: str
    columns: Sequence[Column]
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    read: int = 0
    refused: set[tuple[str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        # By sheet: how the file itself heads a column.
        self._headings: dict[str, dict[str, str]] = {}

    def rows(self) -> Iterator[Row]:
        """Yield the rows that can be read; those that cannot are collected.

        Raises SpreadsheetError for a file that cannot be read at all.
        """
        found: set[str] = set()
        try:
            for sheet, lines in open_source(self.file, self.notes):
                lines = _bounded(lines)
                if header := self._find_header(sheet, lines):
                    found.add(sheet)
                    yield from self._rows_below(sheet, header, lines)
        except FileRefused as refused:
            self._add(refused.sheet, refused.row, "", str(refused))
            raise self._error() from refused
        if not self.problems and not found:
            self._add("", 0, "", _("The file is empty."))
        elif not self.problems and not self.read:
            self._add("", 0, "", _("There is no row below the header."))

    def refuse(self, row: Row, column: str, why: str | Promise | Exception) -> None:
        """Remember that `row` is wrong in `column`; a ValidationError may be given.

        The problem names the column as the file heads it, which people look for.
        """
        messages = why.messages if isinstance(why, ValidationError) else [str(why)]
        column = self._headings.get(row.sheet, {}).get(column, column)
        for message in messages:
            self._add(row.sheet, row.number, column, message)
        self.refused.add((row.sheet, row.number))

    def finish(self) -> None:
        """Raise SpreadsheetError when anything was refused."""
        if self.problems:
            raise self._error()

    def _error(self) -> SpreadsheetError:
        return SpreadsheetError(self.problems, self.read, len(self.refused))

    def _add(self, sheet: str, row: int, column: str, message: str) -> None:
        self.problems.append(Problem(self.filename, sheet, row, column, message))

    def _find_header(
        self, sheet: str, lines: Iterator[tuple[int, Cells]]
    ) -> list[str] | None:
        """Return the column name of every position, empty where there is none."""
        first: tuple[int, Cells] | None = None
        wanted = min(2, len(self.columns))
        for count, (number, cells) in enumerate(lines, start=1):
            if not any(_is_filled(cell) for cell in cells):
                continue
            first = first or (number, cells)
            if len(set(self._names(cells)) - {""}) >= wanted:
                return self._check_header(sheet, number, cells)
            if count >= HEADER_WITHIN:
                break
        if first:
            self._check_header(sheet, *first)
        return None

    def _names(self, cells: Cells) -> list[str]:
        headers = [fold(str(cell)) if _is_filled(cell) else "" for cell in cells]
        return [
            next((c.name for c in self.columns if header and c.is_headed(header)), "")
            for header in headers
        ]

    def _check_header(self, sheet: str, number: int, cells: Cells) -> list[str] | None:
        names = self._names(cells)
        before = len(self.problems)
        headings = self._headings[sheet] = {}
        for cell, name in zip(cells, names, strict=True):
            header = "" if isinstance(cell, Unreadable) else str(cell or "").strip()
            headings[name] = shown = INVISIBLE.sub("", header)[:50]
            if isinstance(cell, Unreadable):
                self._add(sheet, number, "", cell.message)
            elif header and not name:
                known = "、".join(column.name for column in self.columns)
                message = _("This column is unknown. Known are: %(names)s.")
                self._add(sheet, number, shown, message % {"names": known})
            elif name and names.count(name) > 1:
                self._add(sheet, number, shown, _("This column is there twice."))
        for column in self.columns:
            if column.is_required and column.name not in names:
                self._add(sheet, number, column.name, _("This column is missing."))
        return names if len(self.problems) == before else None

    def _rows_below(
        self, sheet: str, names: list[str], lines: Iterator[tuple[int, Cells]]
    ) -> Iterator[Row]:
        for number, cells in lines:
            if not any(_is_filled(cell) for cell in cells):
                continue
            self.read += 1
            row = Row(sheet, number, dict.fromkeys(filter(None, names), ""))
            if self._take(row, names, cells):
                yield row

    def _take(self, row: Row, names: list[str], cells: Cells) -> bool:
        """Fill `row` from `cells`; tell whether all of them could be read."""
        before = len(self.problems)
        if any(isinstance(cell, str) and fold(cell) in TOTALS for cell in cells):
            message = _("This row is a total, not a record. Remove it.")
            self.refuse(row, "", message)
            return False
        for position, cell in enumerate(cells):
            name = names[position] if position < len(names) else ""
            message = _problem_of(cell)
            if message:
                self.refuse(row, name, message)
            elif name:
                row.values[name] = "" if cell is None else cell  # type: ignore[index]
            elif _is_filled(cell):
                place = _("position %(number)d") % {"number": position + 1}
                self.refuse(row, place, _("This cell has no header above it."))
        return len(self.problems) == before


def _bounded(lines: Iterator[tuple[int, Cells]]) -> Iterator[tuple[int, Cells]]:
    filled = 0
    for number, cells in lines:
        filled += any(_is_filled(cell) for cell in cells)
        if filled > MAX_ROWS:
            limit = _("The file has more than %(limit)d rows. Split it.")
            raise FileRefused(limit % {"limit": MAX_ROWS}, row=number)
        yield number, cells


def _is_filled(cell: Any) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def _problem_of(cell: Any) -> str:
    """Return what is wrong with a cell whatever its column; empty when nothing is."""
    if isinstance(cell, Unreadable):
        return cell.message
    if not isinstance(cell, str):
        return ""
    if "\ufffd" in cell or any(unicodedata.category(char) == "Cs" for char in cell):
        return _("This cell holds characters that cannot be read.")
    if INVISIBLE.search(cell.translate(LINE_ENDS)):
        return _("This cell holds invisible control characters. Type it anew.")
    return ""
