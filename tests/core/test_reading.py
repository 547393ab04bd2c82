"""Reading CSV files and workbooks, hostile ones among them."""

import io
import zipfile
from datetime import date

import pytest
from django.utils import translation
from openpyxl import Workbook

from core.spreadsheets import sources
from core.spreadsheets.exports import csv_lines, write_xlsx
from core.spreadsheets.reading import Column, Reading, SpreadsheetError

COLUMNS = (
    Column("code", ("コード",)),
    Column("name", ("名称",)),
    Column("note", (), False),
)
CSV = "コード,名称\r\n1,髙橋①\r\n2,𠮷田\r\n"
CP932 = CSV.replace("𠮷", "吉")


def read(content, columns=COLUMNS):
    reading = Reading(io.BytesIO(content), "list.csv", columns)
    with translation.override("en"):
        rows = list(reading.rows())
        reading.finish()
    return rows


def refused(content, columns=COLUMNS):
    with pytest.raises(SpreadsheetError) as error:
        read(content, columns)
    assert error.value.read >= error.value.refused
    return error.value


def workbook(*sheets):
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CSV, "utf-8"),
        (CSV, "utf-8-sig"),
        (CSV, "utf-16"),
        (CSV.replace(",", "\t"), "utf-16-le"),
        (CP932, "cp932"),
        (CSV.replace(",", ";"), "utf-8"),
        (CSV.replace("\r\n", "\r"), "utf-8"),
        (CSV.replace("コード,名称", "code,name"), "utf-8"),
    ],
)
def test_every_usual_encoding_separator_and_header_is_read(text, encoding):
    rows = read(text.encode(encoding))
    assert [row.text("code") for row in rows] == ["1", "2"]
    assert rows[0].text("name") == "髙橋①"
    assert [row.number for row in rows] == [2, 3]


def test_stored_text_is_never_normalised():
    names = "神\ufa19 ㈱ Ⅳ 葛\U000e0100 が"
    assert read(f"code,name\n1,{names}\n".encode())[0].text("name") == names


@pytest.mark.parametrize(
    "damaged",
    [
        CSV.encode() + b"3," + "山".encode("cp932") + b"\r\n",
        CSV.encode() + "3,山".encode()[:-1],
        CSV.encode() + b"3,a\x00b\r\n",
        CSV.encode() + "3,a\u202egpj\r\n".encode(),
    ],
)
def test_a_row_that_cannot_be_read_is_named_and_the_others_are_not(damaged):
    error = refused(damaged)
    assert [(p.row, p.column) for p in error.problems] == [(4, "名称")]
    assert (error.read, error.refused) == (3, 1)
    with translation.override("en"):
        assert str(error.problems[0]).startswith("list.csv, row 4, column 名称: ")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n \r\n", "empty"),
        ("コード,名称\n".encode(), "no row"),
        ("コード,名称,色\n1,a,赤\n".encode(), "unknown"),
        ("コード,名称,code\n1,a,2\n".encode(), "twice"),
        ("コード,note\n1,a\n".encode(), "missing"),
        ("コード,名称\n合計,3\n".encode(), "total"),
        ("コード,名称\n1,小 計\n".encode(), "total"),
        ("コード,名称\n1,a,3\n".encode(), "no header"),
        ('コード,名称\n1,"a\n2,b\n'.encode(), "quotation"),
        (f"コード,名称\n1,{'a' * 140000}\n".encode(), "131,072"),
        (b"<html><table><tr><td>1</td></tr></table>", "web page"),
        (b"\xef\xbb\xbf<!DOCTYPE html><p>", "web page"),
        (sources.OLE + b"\x00" * 600, ".xls"),
        (sources.OLE + b"\x00" * 600 + sources.ENCRYPTED, "password"),
        (b"PK\x03\x04" + b"\x00" * 50, "damaged"),
        (b"%PDF-1.7", "neither"),
        (b"a" * (20 * 1024 * 1024 + 1), "20 MB"),
        ("コード,名称\n1,山\n".encode("euc_jp"), "unknown"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(content, words):
    error = refused(content)
    assert words in str(error)


def test_problem_names_the_column_as_its_sheet_heads_it():
    damaged = ("1", "a\u202eb")
    first = ("一", [("コード", "名称"), damaged])
    second = ("二", [("code", "ＮＡＭＥ"), damaged])
    error = refused(workbook(first, second))
    assert [p.column for p in error.problems] == ["名称", "ＮＡＭＥ"]


def test_too_many_rows_are_refused():
    content = b"code,name\n" + b"1,a\n" * 100_001
    assert "100000 rows" in str(refused(content))


def test_header_may_stand_below_a_title():
    content = workbook(("一覧", [["2016年度 一覧"], [], ["コード", "名称"], [1, "a"]]))
    rows = read(content)
    assert [(r.sheet, r.number, r.text("code")) for r in rows] == [("一覧", 4, "1")]


def test_workbook_values_keep_their_type():
    cells = [1.0, date(2016, 4, 1), True]
    row = read(workbook(("s", [["code", "name", "note"], cells])))[0]
    assert [row.text(n) for n in ("code", "name", "note")] == ["1", "2016/04/01", "1"]
    assert isinstance(row.values["name"], date)


def test_every_sheet_is_read_or_named():
    good = ("一", [["code", "name"], [1, "a"]])
    both = workbook(good, ("二", [["code", "name"], [2, "b"]]))
    assert [(r.sheet, r.number) for r in read(both)] == [("一", 2), ("二", 2)]
    error = refused(workbook(good, ("メモ", [["読んでください"]])))
    assert {p.sheet for p in error.problems} == {"メモ"}


def test_hidden_sheet_is_noted():
    book = Workbook()
    book.active.append(["code", "name"])
    book.active.append([1, "a"])
    book.create_sheet("隠し").sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    reading = Reading(io.BytesIO(out.getvalue()), "a.xlsx", COLUMNS)
    assert len(list(reading.rows())) == 1
    assert "隠し" in reading.notes[0]


@pytest.mark.parametrize(
    ("cell", "words"), [("=SUM(A2:A3)", "formula"), ("#N/A", "#N/A")]
)
def test_formula_without_value_and_error_are_no_value(cell, words):
    error = refused(workbook(("s", [["code", "name"], [1, cell]])))
    assert [(p.sheet, p.row, p.column) for p in error.problems] == [("s", 2, "name")]
    assert words in str(error)


def archive(entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries:
            file.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([("xl/workbook.xml", b"0" * 60_000_000)], "too much"),
        ([("xl/workbook.xml", b"0" * 5_000_000)], "too much"),
        ([(f"xl/{n}.xml", b"") for n in range(201)], "too much"),
        ([("word/document.xml", b"<a/>")], "neither"),
        ([("xl/workbook.xml", b"<a/>"), ("xl/vbaProject.bin", b"1")], "macros"),
        ([("xl/workbook.xml", b"<a/>")], "damaged"),
    ],
)
def test_bombs_macros_and_other_archives_are_refused(entries, words):
    assert words in str(refused(archive(entries)))


def test_entity_bomb_in_a_workbook_is_refused():
    source = zipfile.ZipFile(io.BytesIO(workbook(("s", [["code", "name"], [1, "a"]]))))
    evil = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'
    entries = [
        (n, evil if "sheet1" in n else source.read(n)) for n in source.namelist()
    ]
    assert "damaged" in str(refused(archive(entries)))


TEXTS = [
    "=1+1",
    "＝1",
    "+81-3-0000-0000",
    "-",
    "@x",
    "|x",
    "'=1",
    "''-1",
    "\u200b=1",
    "a",
    "'a",
]


def test_csv_export_comes_back_as_it_was():
    content = "".join(csv_lines([["code", "name"]], [["1", t] for t in TEXTS])).encode()
    shown = [t for t in TEXTS if "\u200b" not in t]
    rows = [r for r in content.decode().splitlines() if "\u200b" not in r]
    back = read("\n".join(rows).encode())
    assert [row.values["name"] for row in back] == shown


def test_xlsx_export_comes_back_as_it_was():
    texts = [t for t in TEXTS if "\u200b" not in t]
    with write_xlsx("一覧", ["code", "name"], [["1", t] for t in texts]) as file:
        back = read(file.read())
    assert [row.values["name"] for row in back] == texts
