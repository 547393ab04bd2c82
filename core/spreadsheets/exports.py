"""Lists as files: CSV and Excel, streamed, safe to open in a spreadsheet program."""

import csv
import datetime as dt
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import django_tables2 as tables
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import formats, timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Apostrophes before a formula are counted in, so that ours can be taken off again.
FORMULA = re.compile(r"'*[=+\-@|]")
NOT_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
SHEET_NAME_LENGTH = 31
# Characters that XML, and so a workbook, cannot hold.
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


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
