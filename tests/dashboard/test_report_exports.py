"""The tables of the report as a workbook and as CSV: the same rows and numbers."""

import csv
import io
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from core.access import coordinator_of
from dashboard.report_exports import one_table, tables
from tests.conftest import sign_in
from tests.dashboard.documents import breakdown, cell, document, figure
from tests.dashboard.factories import AnnualReportFactory

PAGE = reverse("report:report", args=[2016])


def stored():
    rate = cell("94.7", [1], numerator="161", denominator="170", parts="161/170")
    return document(
        figure("agreements.visits", cell("73763.5"), breakdown("area", x=40, y=None)),
        figure("agreements.coverage", rate, decimals=1, unit="%", ratio_of=["a", "b"]),
        notes=[(1, "note", "見本の注")],
        closings=[
            {
                "fiscal_year": 2016,
                "label": "2016年度",
                "version": 1,
                "closed_on": "2017年5月1日",
                "sha256": "abc",
            }
        ],
    )


def rows_of(sheet):
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_workbook_has_a_sheet_per_program_and_one_of_definitions(manager):
    report = AnnualReportFactory(document=stored())
    answer = manager.get(PAGE, {"export": "xlsx"})
    book = load_workbook(io.BytesIO(b"".join(answer)))
    assert book.sheetnames[0] == "見守り協定"
    assert len(book.sheetnames) == 2
    rows = rows_of(book["見守り協定"])
    assert rows[0][3] == "2016年度"
    # Rounded as on the page; what is not known stays empty.
    assert [row[3] for row in rows[1:]] == [73764, 40, None, 94.7, 161, 170]
    assert "見本の注" in rows[4][4]
    definitions = rows_of(book.worksheets[1])
    assert ["見守り協定", "agreements.visits", "件", "見本", "agreements.visits"] in (
        definitions
    )
    hashes = {row[4] for row in definitions}
    assert {"abc", report.sha256} <= hashes


def test_csv_holds_all_programs_with_a_mark_for_excel(manager):
    AnnualReportFactory(document=stored())
    answer = manager.get(PAGE, {"export": "csv"})
    text = b"".join(answer).decode("utf-8")
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text[1:])))
    assert rows[1][0] == "見守り協定"
    assert Decimal(rows[1][4]) == 73764


def test_tables_hold_every_number_of_the_document():
    with translation.override("ja"):
        (sheet, _definitions), all_rows = tables(stored()), one_table(stored())
    assert [row[1:] for row in all_rows.rows] == list(sheet.rows)


def test_export_leaves_out_what_the_role_does_not_show(workplace):
    AnnualReportFactory(document=stored())
    client = sign_in(coordinator_of("childcare"), workplace=workplace)
    assert b"73764" not in b"".join(client.get(PAGE, {"export": "csv"}))


@pytest.mark.parametrize("kind", ["pdf", "XLSX", "../csv"])
def test_unknown_kind_is_not_found(manager, kind):
    AnnualReportFactory(document=stored())
    assert manager.get(PAGE, {"export": kind}).status_code == 404
