"""Lists as files: CSV and Excel, streamed, safe to open in a spreadsheet program."""

import csv
import datetime as dt
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import django_tables2 as tables
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import QuerySet
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.utils import formats, timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

# What `export=` in an address asks for, and what the link is called.
KINDS = {"xlsx": "Excel", "csv": "CSV", "csv-cp932": "CSV (Shift_JIS)"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Apostrophes before a formula are counted in, so that ours can be taken off again.
FORMULA = re.compile(r"'*[=+\-@|]")
NOT_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
SHEET_NAME_LENGTH = 31
# Characters that XML, and so a workbook, cannot hold.
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# Signs of JIS X 0208 that Unicode has twice: CP932 knows them by the second code.
SAME_IN_CP932 = str.maketrans("〜−‖—¢£¬", "～－∥―￠￡￢")
# So many cells are named that do not fit; the others are counted.
REFUSED_SHOWN = 50


def export_response(
    table_class: type[tables.Table], rows: QuerySet, kind: str, title: str
) -> HttpResponseBase:
    """Return `rows` as a file with the columns of the table, as people read them.

    `kind` is csv (UTF-8 with a mark that Excel understands) or xlsx. Costs one query
    and memory that does not grow with the rows.
    """
    columns = exported_columns(table_class, rows)
    header = [label for label, _path, _show in columns]
    stamp = f"{timezone.localdate():%Y%m%d}"
    filename = content_disposition_header(True, f"{title}_{stamp}.{kind}")
    body = _values(columns, rows)
    if kind == "csv":
        response: HttpResponseBase = StreamingHttpResponse(
            csv_lines([header], body), content_type="text/csv; charset=utf-8"
        )
    else:
        response = FileResponse(write_xlsx(title, header, body), content_type=XLSX)
    response.headers["Content-Disposition"] = filename
    return response


def exported_columns(
    table_class: type[tables.Table], rows: QuerySet
) -> list[tuple[str, str, Any]]:
    """Return (header, field path, function that makes a value readable) per column.

    Columns that lead neither to a stored field nor to an annotation of `rows` (links,
    buttons) are left out.
    """
    found = []
    for name, column in table_class.base_columns.items():
        path = str(column.accessor or name).replace(".", "__")
        try:
            field = _annotation(rows, path) or _field(rows.model, path)
        except FieldDoesNotExist:
            continue
        header = column.verbose_name or getattr(field, "verbose_name", None) or name
        found.append((str(header), path, _reader(field)))
    return found


def _annotation(rows: QuerySet, name: str) -> models.Field | None:
    annotation = rows.query.annotations.get(name)
    return None if annotation is None else annotation.output_field


def _field(model: type[models.Model], path: str) -> models.Field:
    *relations, last = path.split("__")
    for relation in relations:
        related = model._meta.get_field(relation).related_model
        if related is None:
            raise FieldDoesNotExist(path)
        model = related
    field = model._meta.get_field(last)
    if field.is_relation:
        raise FieldDoesNotExist(path)
    return field


def _reader(field: models.Field) -> Any:
    if field.choices:
        labels = {value: str(label) for value, label in field.flatchoices}
        return lambda value: labels.get(value, value)
    if isinstance(field, models.BooleanField):
        return lambda value: None if value is None else _("Yes") if value else _("No")
    return lambda value: value


def _values(
    columns: Sequence[tuple[str, str, Any]], rows: QuerySet
) -> Iterator[list[Any]]:
    paths = [path for _header, path, _show in columns]
    readers = [show for _header, _path, show in columns]
    for values in rows.values_list(*paths).iterator(chunk_size=2000):
        yield [show(value) for show, value in zip(readers, values, strict=True)]


class _Echo:
    """A file that hands back what is written, for `csv.writer`."""

    def write(self, text: str) -> str:
        return text


def csv_lines(*parts: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield CSV lines, the first with the mark by which Excel knows UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff"
    for part in parts:
        for row in part:
            yield writer.writerow([_csv_cell(value) for value in row])


class RefusedCell(NamedTuple):
    """A cell with characters that an encoding cannot hold; row and column from 1."""

    row: int
    column: int
    characters: str


@dataclass
class Refused:
    """The cells that could not be written: the first of them, and how many."""

    cells: list[RefusedCell] = field(default_factory=list)
    count: int = 0

    def add(self, cell: RefusedCell) -> None:
        """Count a cell, and keep it while there is room."""
        self.count += 1
        if len(self.cells) < REFUSED_SHOWN:
            self.cells.append(cell)

    @property
    def hidden(self) -> int:
        """How many are counted and not named."""
        return self.count - len(self.cells)


def write_cp932(*parts: Iterable[Sequence[Any]]) -> tuple[Any, Refused]:
    """Return an open temporary file with CSV in CP932, and what does not fit into it.

    Nothing is replaced: a cell with a character that CP932 lacks is left out, and
    named. Signs that Unicode merely has twice are written as the one CP932 knows.
    """
    # Closed by the response that sends it.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    writer, refused = csv.writer(_Echo()), Refused()
    rows = (row for part in parts for row in part)
    for number, row in enumerate(rows, start=1):
        cells = [_cp932_cell(_csv_cell(value)) for value in row]
        for column, (_text, missing) in enumerate(cells, start=1):
            if missing:
                refused.add(RefusedCell(number, column, missing))
        file.write(writer.writerow([text for text, _missing in cells]).encode("cp932"))
    file.seek(0)
    return file, refused


def _cp932_cell(value: Any) -> tuple[Any, str]:
    """Return a cell for CP932, and the characters that stand in its way."""
    if not isinstance(value, str):
        return value, ""
    text = value.translate(SAME_IN_CP932)
    try:
        text.encode("cp932")
    except UnicodeEncodeError:
        return "", "".join(dict.fromkeys(c for c in text if not _is_in_cp932(c)))
    return text, ""


def _is_in_cp932(char: str) -> bool:
    try:
        char.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True


def _csv_cell(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return formats.date_format(timezone.localtime(value), "Y-m-d H:i")
    if isinstance(value, str) and is_formula(value):
        return "'" + value
    return "" if value is None else value


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet program might take `text` for a formula.

    White space, controls and marks without width may stand before it, and it may be
    written in full width.
    """
    if text[:1] in ("\t", "\r", "\n"):
        return True
    plain = unicodedata.normalize("NFKC", text)
    start = next((i for i, char in enumerate(plain) if not _is_unseen(char)), 0)
    return FORMULA.match(plain, start) is not None


def _is_unseen(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in ("Cc", "Cf", "Zs")


class Sheet(NamedTuple):
    """A sheet of a workbook: its title, its headings, its rows."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Any]]


def write_xlsx(title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Any:
    """Return an open temporary file with a workbook of one sheet."""
    return write_workbook([Sheet(title, header, rows)])


def write_workbook(sheets: Iterable[Sheet]) -> Any:
    """Return an open temporary file with a workbook, a sheet after the other.

    Titles become what Excel takes for the name of a sheet: short, and each once.
    """
    book = Workbook(write_only=True)
    taken: set[str] = set()
    for title, header, rows in sheets:
        sheet = book.create_sheet(_sheet_name(title, taken))
        sheet.freeze_panes = "A2"
        sheet.append([_xlsx_cell(sheet, label, bold=True) for label in header])
        for row in rows:
            sheet.append([_xlsx_cell(sheet, value) for value in row])
    # Closed by the response that sends it.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    book.save(file)
    file.seek(0)
    return file


def _sheet_name(title: str, taken: set[str]) -> str:
    """Return a name that Excel accepts, and keep it in `taken`."""
    plain = NOT_IN_SHEET_NAME.sub(" ", NOT_IN_XML.sub("", title)).strip(" '") or "1"
    name, number = plain[:SHEET_NAME_LENGTH], 1
    while name.casefold() in taken:
        number += 1
        end = f" {number}"
        name = plain[: SHEET_NAME_LENGTH - len(end)] + end
    taken.add(name.casefold())
    return name


def _xlsx_cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value).replace(tzinfo=None)
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, NOT_IN_XML.sub("", value))
    # Text stays text: without this openpyxl makes a formula of "=1+1".
    cell.data_type = "s"
    if is_formula(value):
        cell.quotePrefix = True
    if bold:
        cell.font = Font(bold=True)
    return cell


def sheet_response(
    request: HttpRequest, kind: str, sheet: Sheet, title: str = ""
) -> HttpResponseBase:
    """Return a table as a file of one of `KINDS`, named `title` or as the sheet is.

    Where the old Japanese encoding cannot hold a character the answer is a page with
    status 400 that names the cells.
    """
    title = title or sheet.title
    if kind == "xlsx":
        return workbook_response([sheet], title)
    if kind == "csv":
        lines = csv_lines([sheet.header], sheet.rows)
        response: HttpResponseBase = StreamingHttpResponse(
            lines, content_type="text/csv; charset=utf-8"
        )
    else:
        file, refused = write_cp932([sheet.header], sheet.rows)
        if refused.count:
            file.close()
            return _refusal(request, refused, sheet.header)
        response = FileResponse(file, content_type="text/csv; charset=shift_jis")
    name = content_disposition_header(True, f"{title}.csv")
    response.headers["Content-Disposition"] = name
    return response


def _refusal(
    request: HttpRequest, refused: Refused, header: Sequence[str]
) -> HttpResponseBase:
    cells = [
        (
            cell.row,
            header[cell.column - 1],
            [(c, f"U+{ord(c):04X}") for c in cell.characters],
        )
        for cell in refused.cells
    ]
    context = {"cells": cells, "hidden": refused.hidden}
    return render(request, "export_refused.html", context, status=400)


def workbook_response(sheets: Iterable[Sheet], title: str) -> HttpResponseBase:
    """Return the sheets as one workbook."""
    response = FileResponse(write_workbook(sheets), content_type=XLSX)
    name = content_disposition_header(True, f"{title}.xlsx")
    response.headers["Content-Disposition"] = name
    return response
