"""What stands in a CSV file or a workbook: sheets, rows, cells, hostile files refused.

The kind of a file is told by its content, never by its name.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any, BinaryIO, NamedTuple
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from .exports import is_formula

MAX_BYTES = 20 * 1024 * 1024
MAX_COLUMNS = 256
# A workbook is a zip file; these stop bombs before anything is unpacked.
MAX_ENTRIES = 200
MAX_UNPACKED = 50 * 1024 * 1024
MAX_RATIO = 100
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MARKUP = re.compile(rb"[\s\xef\xbb\xbf]*<(?:!doctype|html|head|table|meta|\?xml)", re.I)
DELIMITERS = (",", "\t", ";")


class Unreadable(NamedTuple):
    """A cell that holds no value, and why."""

    message: str


class FileRefused(Exception):
    """A file that cannot be read, with a sentence that says what to do."""

    def __init__(self, message: str, *, sheet: str = "", row: int = 0) -> None:
        super().__init__(message)
        self.sheet = sheet
        self.row = row


Cells = list[Any]
Lines = Iterator[tuple[int, Cells]]


def open_source(file: BinaryIO, notes: list[str]) -> Iterator[tuple[str, Lines]]:
    """Yield (sheet, rows) of a CSV file or a workbook; CSV has one sheet without name.

    Rows are (number, cells). Hidden sheets are left out and named in `notes`. Raises
    FileRefused, also while the rows are read.
    """
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise FileRefused(_("The file is larger than 20 MB. Split it."))
    if content.startswith(OLE):
        if ENCRYPTED in content:
            raise FileRefused(_("The workbook has a password. Save it without one."))
        raise FileRefused(_("This is an old Excel file (.xls). Save it as .xlsx."))
    if MARKUP.match(content):
        raise FileRefused(
            _("This is a web page, even if its name ends in .xls. Save it as .xlsx.")
        )
    if content.startswith(b"PK\x03\x04"):
        yield from _sheets(content, notes)
    elif content.startswith((b"%PDF", b"PK", b"\x89PNG", b"\xff\xd8\xff")):
        raise FileRefused(_("This is neither a CSV file nor an Excel workbook."))
    elif content.strip(b"\xef\xbb\xbf\xff\xfe\x00 \r\n\t"):
        yield "", _csv_lines(decode(content))


def decode(content: bytes) -> str:
    """Return the text of a CSV file: UTF-8, UTF-16 or CP932, as its bytes tell.

    What cannot be read becomes U+FFFD, so that its row can be named.
    """
    if content.startswith(b"\xef\xbb\xbf"):
        return content[3:].decode("utf-8", "replace")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    # Excel's "Unicode text" without its mark: every second byte of ASCII is zero.
    head = content[:400]
    for position, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros = head[position::2].count(0)
        if zeros > len(head) // 6 and not head[1 - position :: 2].count(0):
            return content.decode(encoding, "replace")
    # The encoding in which fewer characters are damaged; UTF-8 when in doubt.
    utf8, cp932 = (content.decode(e, "replace") for e in ("utf-8", "cp932"))
    return cp932 if cp932.count("\ufffd") < utf8.count("\ufffd") else utf8


def _csv_lines(text: str) -> Lines:
    delimiter = max(DELIMITERS, key=text[: text.find("\n", 1) + 1 or 2000].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, [_without_prefix(cell) for cell in cells]
    except csv.Error as error:
        if "field limit" in str(error):
            message = _("A cell has more than 131,072 characters.")
        else:
            message = _("The quotation marks of this row do not match.")
        raise FileRefused(message, row=number + 1) from error


def _without_prefix(cell: str) -> str:
    """Take away the apostrophe that our own CSV export puts before a formula."""
    return cell[1:] if cell.startswith("'") and is_formula(cell[1:]) else cell


def _sheets(content: bytes, notes: list[str]) -> Iterator[tuple[str, Lines]]:
    _check_archive(content)
    try:
        values = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        formulas = load_workbook(io.BytesIO(content), read_only=True)
        for sheet, written in zip(values.worksheets, formulas.worksheets, strict=True):
            if sheet.sheet_state != "visible":
                note = _("The sheet %(sheet)s is hidden and was not read.")
                notes.append(note % {"sheet": sheet.title})
                continue
            yield sheet.title, _sheet_lines(sheet, written)
    except (
        InvalidFileException,
        DefusedXmlException,
        ParseError,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        IndexError,
        OSError,
        EOFError,
    ) as error:
        raise FileRefused(_("The workbook is damaged. Save it anew.")) from error


def _check_archive(content: bytes) -> None:
    """Raise FileRefused for bombs, macros, and archives that are no workbooks."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError) as error:
        raise FileRefused(_("The workbook is damaged. Save it anew.")) from error
    names = {entry.filename for entry in entries}
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if (
        len(entries) > MAX_ENTRIES
        or unpacked > MAX_UNPACKED
        or unpacked > packed * MAX_RATIO
    ):
        raise FileRefused(_("The workbook unpacks to too much. Split it."))
    if "EncryptedPackage" in names or any(entry.flag_bits & 1 for entry in entries):
        raise FileRefused(_("The workbook has a password. Save it without one."))
    if "xl/workbook.xml" not in names:
        raise FileRefused(_("This is neither a CSV file nor an Excel workbook."))
    if any(name.endswith("vbaProject.bin") for name in names):
        raise FileRefused(_("The workbook holds macros. Save it as .xlsx."))


def _sheet_lines(sheet: Any, written: Any) -> Lines:
    """Yield the rows of a sheet; a formula that was never computed is no value."""
    # What the file says of its own size may be wrong, or a lie.
    sheet.reset_dimensions()
    written.reset_dimensions()
    pairs = zip_longest(
        sheet.iter_rows(max_col=MAX_COLUMNS),
        written.iter_rows(max_col=MAX_COLUMNS),
        fillvalue=(),
    )
    for number, (values, formulas) in enumerate(pairs, start=1):
        cells = [_cell(v, f) for v, f in zip_longest(values, formulas)]
        while cells and cells[-1] is None:
            cells.pop()
        yield number, cells


def _cell(value: Any, formula: Any) -> Any:
    content = None if value is None else value.value
    if content is None and formula is not None and formula.value is not None:
        return Unreadable(_("This formula has no value. Open and save it in Excel."))
    if value is not None and getattr(value, "data_type", "") == "e":
        return Unreadable(_("This cell holds the error %(e)s.") % {"e": content})
    return content
