"""Lists as files: what a spreadsheet program finds in them."""

import csv
import io
import urllib.parse

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from core.spreadsheets.exports import (
    Sheet,
    csv_lines,
    sheet_response,
    write_cp932,
    write_workbook,
    write_xlsx,
)
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


def test_cp932_holds_what_windows_holds():
    cells = ["髙﨑①㈱ｱ", "=1", 1.5, None, "〜−‖—"]
    file, refused = write_cp932([["名称"], cells])
    with file:
        assert file.read().decode("cp932") == ("名称\r\n髙﨑①㈱ｱ,'=1,1.5,,～－∥―\r\n")
    assert refused.count == 0


@pytest.mark.parametrize("char", ["𠮷", "㋿", "🍀", "é", "¥"])
def test_cp932_names_the_cell_that_it_cannot_hold(char):
    file, refused = write_cp932([["名称", "数"], ["市川", 1], [f"a{char}b{char}", 2]])
    with file:
        assert b"?" not in file.read()
    assert refused.cells == [(3, 1, char)]


def test_cells_that_do_not_fit_are_counted_beyond_those_named():
    file, refused = write_cp932([["🍀"]] * 60)
    file.close()
    assert (refused.count, len(refused.cells), refused.hidden) == (60, 50, 10)


@pytest.mark.parametrize(
    ("kind", "encoding"), [("csv", "utf-8-sig"), ("csv-cp932", "cp932")]
)
def test_table_is_sent_in_the_encoding_asked_for(rf, db, kind, encoding):
    sheet = Sheet("一覧", ["名称"], [["市川"]])
    response = sheet_response(rf.get("/"), kind, sheet)
    assert response.getvalue().decode(encoding) == "名称\r\n市川\r\n"
    assert ".csv" in response["Content-Disposition"]
    response.close()


def test_table_that_does_not_fit_is_refused_with_its_cells(rf):
    sheet = Sheet("一覧", ["名称", "注"], [["市川", ""], ["𠮷川", "🍀"]])
    page = sheet_response(rf.get("/?year=2016&export=csv-cp932"), "csv-cp932", sheet)
    text = page.content.decode()
    assert page.status_code == 400
    assert all(part in text for part in ("名称", "𠮷 (U+20BB7)", "🍀 (U+1F340)"))
    for kind in ("xlsx", "csv"):
        assert f"year=2016&amp;export={kind}" in text


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
