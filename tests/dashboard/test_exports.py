"""Tables and whole years as files: the same rows as shown, with all that is known."""

import csv
import io

import pytest
from openpyxl import load_workbook

from dashboard.indicators import registry
from tests.agreements.factories import AgreementFactory, VisitFactory
from tests.dashboard.conftest import VISITS
from tests.dashboard.factories import AnnualFigureFactory, RemarkFactory
from tests.municipalities.factories import MunicipalityFactory

YEAR = "/dashboard/"
PROGRAM = "/dashboard/agreements/"

pytestmark = pytest.mark.usefixtures("small_registry")


def lines(client, url, **query):
    """Return the rows of a CSV as dicts."""
    kind = {"year": 2016, "export": "csv"} | query
    text = client.get(url, kind).getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def workbook(client, **query):
    """Return {title of the sheet: its rows as dicts} of the whole year."""
    answer = client.get(YEAR, {"year": 2016, "export": "workbook"} | query)
    book = load_workbook(io.BytesIO(answer.getvalue()))
    found = {}
    for sheet in book:
        head, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        found[sheet.title] = [dict(zip(head, row, strict=True)) for row in rows]
    return found


@pytest.fixture
def manager(manager):
    """Reads English, in which the headings are written."""
    manager.cookies["django_language"] = "en"
    return manager


@pytest.fixture
def officer(officer):
    """Reads English too."""
    officer.cookies["django_language"] = "en"
    return officer


@pytest.fixture
def places():
    """A visit each in Chiba and Tokyo, one town with an agreement."""
    tokyo = MunicipalityFactory(
        code="131016", prefecture_code="13", prefecture="東京都", name="架空区"
    )
    VisitFactory(municipality=tokyo)
    AgreementFactory(municipality=VisitFactory().municipality)


def test_table_of_years_holds_the_rows_shown(manager, places):
    AnnualFigureFactory(fiscal_year=2013, value=5, note="別の数え方")
    page = manager.get(PROGRAM, {"year": 2016})
    shown = [row for _heading, rows in page.context["years"].groups for row in rows]
    rows = lines(manager, PROGRAM, table="years")
    assert [row["Fiscal year"] for row in rows] == [row.heading for row in shown]
    by_year = {row["Fiscal year"]: row for row in rows}
    assert by_year["FY2016"]["訪問 (件)"] == "2"
    assert by_year["FY2013"]["訪問 (件)"] == "5"
    assert by_year["FY2013"]["訪問 (件): Status"] == "Published"
    assert "別の数え方" in by_year["FY2013"]["Note"]


def test_what_is_not_known_is_empty_and_never_zero(manager, places):
    AnnualFigureFactory(indicator="agreements.in_force", fiscal_year=2013, value=5)
    row = next(r for r in lines(manager, PROGRAM) if r["Fiscal year"] == "FY2013")
    assert row["訪問 (件)"] == row["訪問 (件): Status"] == ""


def test_table_of_parts_holds_the_rows_of_its_filter(manager, places):
    query = {"table": "parts", "by": "municipality"}
    rows = lines(manager, PROGRAM, **query)
    assert [row["Prefecture"] for row in rows] == ["千葉県", "東京都", ""]
    assert rows[-1]["訪問 (件)"] == "2"
    inside = lines(manager, PROGRAM, **query, prefecture="13")
    assert [(row["Key"], row["訪問 (件)"]) for row in inside] == [("131016", "1")]


def test_ratio_keeps_its_two_parts(manager, places):
    row = next(r for r in lines(manager, PROGRAM) if r["Fiscal year"] == "FY2016")
    names = ("締結率 (%)", "締結率 (%): Numerator", "締結率 (%): Denominator")
    assert [row[name] for name in names] == ["50", "1", "2"]


@pytest.mark.parametrize("url", [YEAR, PROGRAM])
def test_chart_comes_as_the_table_beside_it(manager, places, url):
    AnnualFigureFactory(fiscal_year=2014, value=5)
    page = manager.get(url, {"year": 2016})
    if url == YEAR:
        drawing = page.context["cards"][0].drawing
    else:
        drawing = page.context["drawings"][0]
    rows = lines(manager, url, table="chart", of=VISITS.key)
    assert len(rows) == len(drawing.figures)
    values = {row["Fiscal year"]: row["訪問 (件)"] for row in rows}
    assert (values["FY2014"], values["FY2015"]) == ("5", "")
    query = {"year": 2016, "export": "csv", "table": "chart", "of": "agreements.no"}
    assert manager.get(url, query).status_code == 404


@pytest.mark.parametrize(
    ("url", "query"),
    [
        (YEAR, {}),
        (YEAR, {"table": "chart", "of": VISITS.key}),
        (PROGRAM, {"table": "years"}),
        (PROGRAM, {"table": "parts", "by": "kind"}),
    ],
)
def test_each_table_comes_in_three_kinds(manager, places, url, query):
    texts = {}
    for kind, start in [("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf"), ("csv-cp932", b"")]:
        answer = manager.get(url, {"year": 2016, "export": kind} | query)
        texts[kind] = answer.getvalue()
        assert answer.status_code == 200
        assert texts[kind].startswith(start)
    assert texts["csv"].decode("utf-8-sig") == texts["csv-cp932"].decode("cp932")


def test_report_comes_in_both_encodings(manager, places):
    texts = []
    for kind, encoding in [("csv", "utf-8-sig"), ("csv-cp932", "cp932")]:
        answer = manager.get("/report/2016/", {"draft": 1, "export": kind})
        texts.append(answer.getvalue().decode(encoding))
    assert texts[0] == texts[1]
    assert "訪問" in texts[0]


def test_cp932_refuses_what_it_cannot_hold(manager):
    AnnualFigureFactory(note="𠮷田市を含む")
    page = manager.get(YEAR, {"year": 2016, "export": "csv-cp932"})
    assert page.status_code == 400
    assert "𠮷 (U+20BB7)" in page.text


def test_workbook_holds_every_part_and_what_the_figures_mean(manager, places):
    AnnualFigureFactory(value=3, is_break=True)
    RemarkFactory(kind="correction", text="数え直し", value=4)
    found = workbook(manager)
    *programs, definitions = found.values()
    (rows,) = programs
    keys = {row["Key"] for row in rows}
    assert f"{VISITS.key} municipality=131016" in keys
    whole = next(row for row in rows if row["Key"] == VISITS.key)
    assert (whole["Value"], whole["Status"], whole["Number of rows"]) == (
        3,
        "Published",
        2,
    )
    assert "Break in series" in whole["Note"]
    assert whole["Corrections"] == "数え直し / → 4"
    ratio = next(row for row in rows if row["Key"] == "agreements.coverage")
    assert (ratio["Numerator"], ratio["Denominator"]) == (1, 2)
    assert {row["Key"] for row in definitions if row["Key"]} == {
        one.key for one in registry
    }
    visits = next(row for row in definitions if row["Key"] == VISITS.key)
    assert (
        visits["Breakdowns"]
        == "Prefecture (prefecture)、Municipality (municipality)、種別 (kind)"
    )


def test_workbook_of_a_closed_year_has_the_hash_and_the_frozen_definition(manager):
    closed = AnnualFigureFactory(value=4, closed=True, definition="当時の定義")
    AnnualFigureFactory(value=3)
    closed.closing.sha256 = "a" * 64
    closed.closing.scope = [VISITS.key]
    closed.closing.save()
    *_programs, definitions = found = list(workbook(manager).values())
    assert "a" * 64 in str(definitions)
    assert "当時の定義" in str(definitions)
    wholes = [row for row in found[0] if row["Key"] == VISITS.key]
    assert [(row["Status"], row["Value"]) for row in wholes] == [
        ("Closed", 4),
        ("Published", 3),
    ]


def test_failing_indicator_is_named_and_holds_no_number(manager, places, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("broken")

    monkeypatch.setattr(type(VISITS), "numbers", fail)
    rows = next(iter(workbook(manager).values()))
    broken = [row for row in rows if row["Key"].startswith(VISITS.key)]
    assert {row["Value"] for row in broken} == {None}
    assert {row["Status"] for row in broken} == {
        "This figure cannot be computed at the moment."
    }
    assert any(row["Key"] == "agreements.in_force" for row in rows)
    table = lines(manager, PROGRAM, table="years")
    said = {(row["訪問 (件)"], row["訪問 (件): Status"]) for row in table}
    assert said == {("", "This figure cannot be computed at the moment.")}


def test_workbook_shows_only_what_the_person_may_see(officer, outsider, places):
    assert list(workbook(officer)) == ["Definitions"]
    query = {"year": 2016, "export": "workbook"}
    assert outsider.get(YEAR, query).status_code == 403


def test_workbook_costs_no_more_with_rows(manager, places, django_assert_num_queries):
    query = {"year": 2016, "export": "workbook"}
    manager.get(YEAR, query).getvalue()
    with django_assert_num_queries(18) as few:
        manager.get(YEAR, query).getvalue()
    VisitFactory.create_batch(20)
    with django_assert_num_queries(len(few)):
        manager.get(YEAR, query).getvalue()
