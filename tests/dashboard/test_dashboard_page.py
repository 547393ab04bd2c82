"""The year on one screen."""

import dataclasses
import re

import pytest
from django.urls import reverse

from core import fiscal
from dashboard.indicators import registry
from tests.agreements.factories import AgreementFactory, VisitFactory
from tests.conftest import sign_in
from tests.dashboard.conftest import COVERAGE, IN_AREA, IN_FORCE, VISITS
from tests.dashboard.factories import AnnualFigureFactory, YearClosingFactory

URL = reverse("dashboard:dashboard")

pytestmark = pytest.mark.usefixtures("small_registry")


def cells(page):
    return {
        cell.indicator.key: cell
        for card in page.context["cards"]
        for cell in card.cells
    }


def test_manager_sees_figure_status_last_year_and_change(manager):
    AnnualFigureFactory(fiscal_year=2015, as_of=None, value=4)
    AnnualFigureFactory(value=3)
    manager.cookies["django_language"] = "en"
    page = manager.get(URL, {"year": 2016})
    text = " ".join(re.sub(r"<[^>]+>", " ", page.text).split())
    assert "Published FY2015 4 P ▼ less than FY2015: −1 (−25.0%)" in text


def test_people_without_the_permission_are_refused(outsider, staff):
    assert outsider.get(URL).status_code == 403
    assert staff.get(URL).status_code == 403


def test_only_indicators_of_ones_own_programs_are_shown(officer):
    VisitFactory()
    page = officer.get(URL, {"year": 2016})
    assert page.status_code == 200
    assert page.context["cards"] == []
    keeper = sign_in("coordinator_agreements")
    assert VISITS.key in cells(keeper.get(URL, {"year": 2016}))


def test_figure_with_rows_is_a_link_to_a_list_that_counts_the_same(manager):
    VisitFactory.create_batch(2)
    figure = cells(manager.get(URL, {"year": 2016}))[VISITS.key].figure
    listed = manager.get(figure.url)
    assert listed.context["summary"]["count"] == figure.value == 2


def test_difference_from_the_rows_is_flagged_in_words(manager):
    VisitFactory()
    AnnualFigureFactory(value=3)
    manager.cookies["django_language"] = "en"
    assert "the rows give 1" in manager.get(URL, {"year": 2016}).text


def test_published_parts_are_shown_with_the_year(manager):
    AnnualFigureFactory(value=3, breakdown="kind=市")
    (parts,) = cells(manager.get(URL, {"year": 2016}))[VISITS.key].parts
    assert [figure.value for figure in parts.figures] == [3]


def test_failing_indicator_leaves_the_page_standing_and_is_logged(manager, caplog):
    def fail():
        raise RuntimeError("the declaration is broken")

    VisitFactory()
    broken = dataclasses.replace(VISITS, key="agreements.broken", records=fail)
    with registry.override(VISITS, broken):
        page = manager.get(URL, {"year": 2016})
    found = cells(page)
    assert page.status_code == 200
    assert found["agreements.broken"].has_failed
    assert found[VISITS.key].figure.value == 1
    assert "agreements.broken failed" in caplog.text


def test_failing_part_of_a_ratio_fails_the_ratio_only(manager, caplog):
    broken = dataclasses.replace(IN_AREA, rows="nowhere", records=lambda day: 1 / 0)
    AgreementFactory()
    with registry.override(IN_FORCE, broken, COVERAGE):
        found = cells(manager.get(URL, {"year": 2016}))
    assert [found[i.key].has_failed for i in (IN_FORCE, IN_AREA, COVERAGE)] == [
        False,
        True,
        True,
    ]


def test_program_without_anything_says_so(manager):
    manager.cookies["django_language"] = "en"
    page = manager.get(URL, {"year": 2016})
    assert "Nothing is recorded for this year." in page.text


def test_without_a_year_the_running_one_is_shown(manager):
    page = manager.get(URL)
    assert page.context["year"] == fiscal.current_year()
    assert page.context["year_after"] is None


@pytest.mark.parametrize("year", ["abc", "1999", "2999", "-1", "2016.5"])
def test_year_that_cannot_be_is_not_found(manager, year):
    assert manager.get(URL, {"year": year}).status_code == 404


def test_full_width_year_is_read(manager):
    assert manager.get(URL, {"year": "２０１６"}).context["year"] == 2016


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_year_comes_as_a_file(manager, kind):
    AnnualFigureFactory(note="=1+1")
    answer = manager.get(URL, {"year": 2016, "export": kind})
    body = b"".join(answer.streaming_content)
    assert answer["Content-Disposition"].startswith("attachment")
    assert body.startswith(b"\xef\xbb\xbf" if kind == "csv" else b"PK")
    if kind == "csv":
        assert "'=1+1" in body.decode()


def test_no_inline_style_or_script(manager):
    VisitFactory()
    page = manager.get(URL, {"year": 2016}).text
    assert "style=" not in page
    assert not re.search(r"<script(?![^>]*src=)", page)


def test_query_count_is_the_same_for_one_row_and_twenty(
    manager, django_assert_max_num_queries, django_assert_num_queries
):
    AgreementFactory(municipality=VisitFactory().municipality)
    with django_assert_max_num_queries(16) as few:
        manager.get(URL, {"year": 2016})
    for visit in VisitFactory.create_batch(20):
        AgreementFactory(municipality=visit.municipality)
    AnnualFigureFactory(as_of=None)
    with django_assert_num_queries(len(few)):
        manager.get(URL, {"year": 2016})


def test_any_two_years_are_compared(manager):
    AnnualFigureFactory(value=6)
    AnnualFigureFactory(value=4, fiscal_year=2013, as_of=None)
    cell = cells(manager.get(URL, {"year": 2016, "with": 2013}))[VISITS.key]
    assert (cell.figure.value, cell.before.value) == (6, 4)
    assert (cell.change.difference, cell.change.percent) == (2, 50)
    page = manager.get("/dashboard/agreements/", {"year": 2016, "with": 2013})
    assert page.context["cells"][0].before.value == 4
    assert "2013年度" in page.text


def test_no_change_is_told_over_a_break_between_the_years(manager):
    AnnualFigureFactory(value=6)
    AnnualFigureFactory(value=5, fiscal_year=2015, as_of=None, is_break=True)
    AnnualFigureFactory(value=4, fiscal_year=2013, as_of=None)
    assert cells(manager.get(URL, {"year": 2016}))[VISITS.key].change is not None
    assert (
        cells(manager.get(URL, {"year": 2016, "with": 2013}))[VISITS.key].change is None
    )


@pytest.mark.parametrize(
    "query", [{"year": "1999"}, {"year": "x"}, {"with": "2999"}, {"year": "9" * 5000}]
)
def test_year_that_does_not_exist_is_answered_with_those_that_do(manager, query):
    page = manager.get(URL, query)
    assert page.status_code == 404
    assert "2000年度" in page.text


def test_head_says_whether_the_year_is_closed(manager):
    assert "未締め" in manager.get(URL, {"year": 2016}).text
    YearClosingFactory()
    page = manager.get(URL, {"year": 2016}).text
    assert "締め済み（第1版）" in page
    assert "架空 一郎" in page
    assert 'href="/report/2016/"' in page


def test_year_is_never_compared_with_itself(manager):
    page = manager.get(URL, {"year": 2015, "with": 2015})
    assert page.context["other"] == 2014


def test_two_years_are_exported_as_they_are_compared(manager):
    AnnualFigureFactory(value=6)
    AnnualFigureFactory(value=4, fiscal_year=2013, as_of=None)
    query = {"year": 2016, "with": 2013, "table": "compared", "export": "csv"}
    answer = manager.get("/dashboard/agreements/", query)
    lines = answer.getvalue().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("指標,単位,2016年度,")
    assert "訪問,件,6,公表値,4,公表値,2,50" in lines
    for wrong in ({"table": "cellar"}, {"export": "zip"}):
        assert manager.get("/dashboard/agreements/", query | wrong).status_code == 404
