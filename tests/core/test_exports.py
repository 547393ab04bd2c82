"""Lists as files: what a spreadsheet program finds in them."""

import csv
import io
import urllib.parse

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from core.spreadsheets.exports import Sheet, csv_lines, write_workbook, write_xlsx
from tests.municipalities.factories import DeskFactory, MunicipalityFactory

FORMULAS = [
    "=1+1",
    "+81-3-0000-0000",
    "-",
    "@SUM(A1)",
    "|calc",
    "＝1+1",
    "－1",
    "\t=1",
    " =1",
    "\u3000=1",
    "\u200b=1",
    "\u200d=1",
    "\u2062=1",
    "\xa0=1",
    "\x01=1",
    "'=1",
]
TEXTS = ["市川", "1-2-3", "a=1", "'a", "(1)", ""]


def test_text_in_a_workbook_is_never_a_formula():
    with write_xlsx("一覧", ["名称"], [[text] for text in FORMULAS]) as file:
        sheet = load_workbook(file).active
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert [cell.data_type for cell in cells] == ["s"] * len(FORMULAS)
    assert cells[0].value == "=1+1"
    assert cells[0].quotePrefix


def test_numbers_in_a_workbook_stay_numbers():
    with write_xlsx("一覧", ["数"], [[-5], [0], [1.5]]) as file:
        sheet = load_workbook(file).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [-5, 0, 1.5]


def test_sheets_have_names_that_excel_accepts_each_once():
    titles = ["一覧", "一覧", "a/b:c", "長" * 40, "長" * 40, "", "[]", "Ab", "aB"]
    sheets = [Sheet(title, ["数"], [[i]]) for i, title in enumerate(titles)]
    with write_workbook(sheets) as file:
        book = load_workbook(file)
    names = book.sheetnames
    assert names[:3] == ["一覧", "一覧 2", "a b c"]
    assert len({name.casefold() for name in names}) == len(titles)
    assert all(0 < len(name) <= 31 for name in names)
    assert [sheet["A2"].value for sheet in book] == list(range(len(titles)))


def test_csv_marks_formulas_and_nothing_else():
    lines = "".join(csv_lines([[text] for text in FORMULAS + TEXTS]))
    rows = list(csv.reader(io.StringIO(lines.removeprefix("\ufeff"), newline="")))
    cells = [row[0] if row else "" for row in rows]
    assert cells == [f"'{text}" for text in FORMULAS] + TEXTS


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_list_is_exported_as_people_read_it(manager, kind):
    DeskFactory(name="=高齢福祉課", phone="+81-47-000-0000")
    response = manager.get(reverse("municipalities:desk_list"), {"export": kind})
    body = b"".join(response.streaming_content)
    response.close()
    if kind == "csv":
        rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    else:
        sheet = load_workbook(io.BytesIO(body)).active
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    values = dict(zip(rows[0], rows[1], strict=True))
    prefix = "'" if kind == "csv" else ""
    assert f"{prefix}=高齢福祉課" in values.values()
    assert f"{prefix}+81-47-000-0000" in values.values()
    assert "municipal" not in values.values()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_file_has_a_japanese_name(manager, kind):
    MunicipalityFactory()
    url = reverse("municipalities:municipality_list")
    response = manager.get(url, {"export": kind})
    disposition = response["Content-Disposition"]
    response.close()
    assert disposition.startswith("attachment; filename*=utf-8''")
    assert "自治体" in urllib.parse.unquote(disposition)
