"""The page of the report: who reads what, which version, in which language."""

import datetime as dt

import pytest
from django.urls import reverse

from core import fiscal
from core.access import coordinator_of
from dashboard.models import AnnualReport
from tests.agreements.factories import VisitFactory
from tests.alerts.factories import CaseStoryFactory, at
from tests.conftest import grant, sign_in
from tests.dashboard.documents import breakdown, cell, document, figure
from tests.dashboard.factories import (
    AnnualFigureFactory,
    AnnualReportFactory,
    RemarkFactory,
)

PAGE = reverse("report:report", args=[2016])


@pytest.fixture
def small(small_registry):
    return small_registry


def test_draft_shows_figures_status_and_notes(manager, small):
    AnnualFigureFactory(note="見本の注", is_break=True)
    AnnualFigureFactory(
        indicator="agreements.coverage", value=None, numerator=161, denominator=170
    )
    page = manager.get(PAGE)
    body = page.context["body"]
    for text in ("公表値", "見本の注", "94.7%", "161/170", "系列の断絶", "※1"):
        assert text in body
    assert page.context["shown"].version is None


def test_missing_figure_is_a_dash_and_never_zero(manager, small):
    AnnualFigureFactory(fiscal_year=2016)
    body = manager.get(PAGE).context["body"]
    row = body.partition('data-indicator="agreements.visits"')[2].partition("</tr>")[0]
    assert row.count("–") == 4
    assert ">0<" not in row


def test_report_is_japanese_for_readers_of_english(manager, small):
    AnnualFigureFactory(value=12345, as_of=dt.date(2016, 10, 1))
    in_japanese = manager.get(PAGE).context["body"]
    manager.cookies["django_language"] = "en"
    page = manager.get(PAGE, headers={"accept-language": "en"})
    assert '<html lang="en"' in page.text
    assert page.context["body"] == in_japanese
    assert "2016年10月1日" in in_japanese
    assert "12,345" in in_japanese


def test_text_of_people_is_escaped(manager, small):
    AnnualFigureFactory(note="<script>x</script>")
    RemarkFactory(text="<b>太字</b>")
    body = manager.get(PAGE).context["body"]
    assert "<script>" not in body
    assert "<b>" not in body


@pytest.mark.parametrize("year", [1999, 2999, 0])
def test_year_out_of_the_calendar_is_not_found(manager, year):
    for name in ("report", "publish", "address", "public"):
        assert manager.get(reverse(f"report:{name}", args=[year])).status_code == 404


@pytest.mark.parametrize("version", ["2", "x", "0", "-1", "１", "1 "])
def test_version_that_is_none_is_not_found(manager, version):
    AnnualReportFactory()
    assert manager.get(PAGE, {"version": version}).status_code == 404


def test_published_version_comes_before_the_draft(manager):
    report = AnnualReportFactory()
    assert manager.get(PAGE).context["shown"].version == report
    assert manager.get(PAGE, {"version": "1"}).context["shown"].version == report
    assert manager.get(PAGE, {"draft": "1"}).context["shown"].version is None


def test_reader_sees_only_figures_of_own_permissions(small, workplace):
    childcare = sign_in(coordinator_of("childcare"), workplace=workplace)
    AnnualFigureFactory(note="協定の注")
    assert "協定の注" not in childcare.get(PAGE).context["body"]
    assert childcare.get(PAGE).context["shown"].hidden == 4
    AnnualReportFactory(document=document(figure("agreements.visits", cell(4321))))
    page = childcare.get(PAGE)
    assert page.context["shown"].hidden == 1
    assert "4321" not in page.text
    agreements = sign_in(coordinator_of("agreements"), workplace=workplace)
    assert "4321" in agreements.get(PAGE).text


def test_footnotes_of_hidden_figures_go_and_numbers_follow(workplace):
    stored = document(
        figure(
            "alerts.reports", cell(40, [1]), permission="alerts.view_incidentreport"
        ),
        figure("agreements.visits", cell(41, [2])),
        notes=[(1, "note", "連絡の注"), (2, "note", "訪問の注")],
    )
    AnnualReportFactory(document=stored)
    page = sign_in(coordinator_of("agreements"), workplace=workplace).get(PAGE)
    (section,) = page.context["shown"].document["sections"]
    assert section["notes"] == [{"number": 1, "kind": "note", "text": "訪問の注"}]
    assert section["figures"][0]["cells"][0]["notes"] == [1]


def test_approved_story_is_told_and_frozen_and_a_draft_is_not(manager):
    approved = CaseStoryFactory(
        title="承認した事例",
        state="approved",
        approved_by=grant(),
        approved_at=at(2017, 3, 25),
    )
    CaseStoryFactory(title="下書きの事例")
    body = manager.get(PAGE).context["body"]
    assert approved.title in body
    assert "下書きの事例" not in body
    officer_without = sign_in(coordinator_of("childcare"))
    assert approved.title not in officer_without.get(PAGE).context["body"]


def test_figures_that_cannot_be_computed_leave_the_others(manager, small, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("見本")

    monkeypatch.setattr(type(small["agreements.in_force"]), "numbers", fail)
    VisitFactory(visited_on=dt.date(2016, 10, 3))
    page = manager.get(PAGE)
    assert page.status_code == 200
    (section,) = page.context["shown"].document["sections"]
    failed = {f["indicator"] for f in section["figures"] if f["has_failed"]}
    assert "agreements.in_force" in failed
    assert "agreements.visits" not in failed


def test_others_read_and_cannot_write(officer, coordinator, manager, outsider):
    AnnualReportFactory()
    for client in (officer, coordinator):
        page = client.get(PAGE)
        assert page.status_code == 200
        assert reverse("report:publish", args=[2016]) not in page.text
        assert reverse("report:address", args=[2016]) not in page.text
    assert reverse("report:publish", args=[2016]) in manager.get(PAGE).text
    assert outsider.get(PAGE).status_code == 403


def test_running_year_has_a_draft(manager):
    year = fiscal.current_year()
    assert manager.get(reverse("report:report", args=[year])).status_code == 200
    assert manager.get(reverse("report:report", args=[year + 1])).status_code == 404


def test_published_page_costs_few_queries(manager, django_assert_max_num_queries):
    stored = document(figure("agreements.visits", 5, breakdown("area", a=2, b=3)))
    for version in range(1, 6):
        AnnualReportFactory(version=version, document=stored)
    manager.get(PAGE)
    with django_assert_max_num_queries(15) as few:
        manager.get(PAGE)
    for version in range(6, 20):
        AnnualReportFactory(version=version)
    with django_assert_max_num_queries(len(few)):
        manager.get(PAGE)
    assert AnnualReport.objects.count() == 19
