"""The month report of a hub for its municipality, as an Excel workbook."""

import tempfile
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from openpyxl import Workbook
from openpyxl.styles import Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from core.spreadsheets.exports import NOT_IN_XML

from .models import Hub, Session
from .months import Month
from .sheets import COLUMNS

TITLE = Font(bold=True, size=14)
BOLD = Font(bold=True)
LINE = Border(bottom=Side(style="thin"))
WIDTHS = (13, 7, 14, 9, 9, 9, 14, 9, 30)


def month_workbook(hub: Hub, month: Month, sessions: Iterable[Session]) -> Any:
    """Return an open temporary file with the report: a head, the sessions, the totals.

    A blank cell was not recorded; it is no zero. The totals are numbers, not formulas,
    so that every program that opens the file shows them.
    """
    book = Workbook()
    sheet = book.active
    sheet.title = f"{month.year}-{month.month:02}"
    _write_head(sheet, hub, month)
    found = list(sessions)
    for session in found:
        counts = [getattr(session, name) for name in COLUMNS]
        weekday = date_format(session.held_on, "D")
        slot = session.get_slot_display()
        _append(sheet, [session.held_on, weekday, slot, *counts, session.note])
    number = ngettext("%(n)d session", "%(n)d sessions", len(found))
    number %= {"n": len(found)}
    totals = [_total(found, name) for name in COLUMNS]
    _append(sheet, [_("Total"), "", number, *totals], font=BOLD)
    # Closed by the response that sends it.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    book.save(file)
    file.seek(0)
    return file


def _write_head(sheet: Worksheet, hub: Hub, month: Month) -> None:
    kind = f"{hub.get_series_display()} {hub.get_hub_type_display()}"
    _append(sheet, [_("Month report of a childcare hub")], font=TITLE)
    _append(sheet, [_("Hub"), "", str(hub)])
    _append(sheet, [_("Municipality"), "", str(hub.municipality)])
    _append(sheet, [_("Kind"), "", kind])
    _append(sheet, [_("Month"), "", str(month)])
    _append(sheet, [""])
    counts = [str(_label(name)) for name in COLUMNS]
    labels = [_label("held_on"), _("Weekday"), _label("slot"), *counts, _label("note")]
    _append(sheet, labels, font=BOLD, border=LINE)
    sheet.freeze_panes = f"A{sheet.max_row + 1}"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    for number, width in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width


def _label(name: str) -> str:
    return str(Session._meta.get_field(name).verbose_name)


def _total(sessions: Iterable[Session], name: str) -> int | None:
    known = [n for session in sessions if (n := getattr(session, name)) is not None]
    return sum(known) if known else None


def _append(sheet: Worksheet, values: Sequence[Any], **styles: Any) -> None:
    """Add a row; text stays text, whatever it begins with."""
    row = sheet.max_row + 1 if sheet["A1"].value is not None else 1
    for column, value in enumerate(values, start=1):
        cell = sheet.cell(row, column)
        if isinstance(value, str):
            cell.value = NOT_IN_XML.sub("", value)
            cell.data_type = "s"
        else:
            cell.value = value
        for name, style in styles.items():
            setattr(cell, name, style)
