"""All years of a program, and the parts of one."""

import pytest
from django.urls import reverse

from tests.agreements.factories import AgreementFactory, VisitFactory
from tests.dashboard.conftest import VISITS
from tests.dashboard.factories import AnnualFigureFactory
from tests.municipalities.factories import MunicipalityFactory

URL = reverse("dashboard:program", args=["agreements"])

pytestmark = pytest.mark.usefixtures("small_registry")


def rows(table):
    return {
        row.heading: [f and f.value for f in row.figures]
        for _heading, rows in table.groups
        for row in rows
    }


def test_years_stand_in_rows_and_indicators_in_columns(manager):
    AnnualFigureFactory(fiscal_year=2013, as_of=None, value=33)
    VisitFactory()
    page = manager.get(URL, {"year": 2016})
    found = rows(page.context["years"])
    assert found["2013年度"][0] == 33
    assert found["2016年度"][0] == 1
    assert "2014年度" not in found or found["2014年度"][0] is None


def test_unknown_program_is_not_found_and_a_foreign_one_refused(manager, officer):
    for label in ("nothing", "auth", "core"):
        url = reverse("dashboard:program", args=[label])
        assert manager.get(url).status_code == 404
    assert officer.get(URL).status_code == 403


def test_breakdown_shows_each_part_with_a_link_that_counts_the_same(manager):
    here = VisitFactory(municipality__kind="町").municipality.code
    VisitFactory.create_batch(2)
    found = manager.get(URL, {"year": 2016, "by": "kind"}).context["parts"]
    assert [(f.key, f.value) for f in found.figures] == [("市", 2), ("町", 1)]
    found = manager.get(URL, {"year": 2016, "by": "municipality"}).context["parts"]
    figure = next(f for f in found.figures if (f.indicator, f.key) == (VISITS, here))
    assert manager.get(figure.url).context["summary"]["count"] == 1


def test_published_part_is_shown_beside_the_rows(manager):
    VisitFactory()
    AnnualFigureFactory(value=3, breakdown="kind=市")
    page = manager.get(URL, {"year": 2016, "by": "kind"})
    (figure,) = page.context["parts"].figures
    assert (figure.value, figure.computed_value, figure.is_different) == (3, 1, True)


def test_prefecture_leads_to_its_municipalities(manager):
    tokyo = MunicipalityFactory(
        code="131016", prefecture_code="13", prefecture="東京都", name="架空区"
    )
    VisitFactory(municipality=tokyo)
    VisitFactory()
    whole = manager.get(URL, {"year": 2016, "by": "prefecture"})
    assert "prefecture=13" in whole.text
    assert list(rows(whole.context["parts"])) == ["千葉県", "東京都"]
    inside = manager.get(URL, {"year": 2016, "by": "municipality", "prefecture": "13"})
    assert list(rows(inside.context["parts"])) == ["架空区"]
    groups = manager.get(URL, {"year": 2016, "by": "municipality"})
    assert [h for h, _rows in groups.context["parts"].groups] == ["千葉県", "東京都"]


def test_whole_is_shown_under_its_parts(manager):
    VisitFactory.create_batch(2)
    page = manager.get(URL, {"year": 2016, "by": "kind"})
    assert [figure.value for figure in page.context["parts"].whole] == [2]


@pytest.mark.parametrize(
    "query", [{"by": "channel"}, {"by": "municipality", "prefecture": "99"}]
)
def test_unknown_breakdown_is_not_found(manager, query):
    assert manager.get(URL, query).status_code == 404


@pytest.mark.parametrize(("table", "count"), [("years", 1), ("parts", 2)])
def test_each_table_comes_as_a_file(manager, table, count):
    AnnualFigureFactory(value=33, breakdown="" if table == "years" else "kind=市")
    query = {"year": 2016, "by": "kind", "table": table, "export": "csv"}
    body = b"".join(manager.get(URL, query).streaming_content).decode()
    lines = body.strip().splitlines()
    assert len(lines) == 1 + count
    assert ",33," in lines[1]


def test_note_and_break_are_told_on_the_page(manager):
    AnnualFigureFactory(note="印刷では別の値", is_break=True)
    page = manager.get(URL, {"year": 2016})
    assert [figure.indicator for figure in page.context["noted"]] == [VISITS]
    assert "印刷では別の値" in page.text
    assert "chart-break" in page.text


def test_query_count_is_the_same_for_one_row_and_twenty(
    manager, django_assert_max_num_queries, django_assert_num_queries
):
    query = {"year": 2016, "by": "municipality"}
    AgreementFactory(municipality=VisitFactory().municipality)
    with django_assert_max_num_queries(22) as few:
        manager.get(URL, query)
    for visit in VisitFactory.create_batch(20):
        AgreementFactory(municipality=visit.municipality)
    with django_assert_num_queries(len(few)):
        manager.get(URL, query)
