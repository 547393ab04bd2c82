"""The page with the checks of a year, and its list as a file."""

import csv
import dataclasses
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from core import fiscal
from dashboard.checks import Check, Finding, registry
from tests.agreements.factories import VisitFactory
from tests.conftest import sign_in
from tests.dashboard.factories import AnnualFigureFactory

pytestmark = pytest.mark.usefixtures("small_registry")


def url(year=2016):
    return reverse("dashboard:checks", args=[year])


def results(page):
    return {result.check.key: result for result in page.context["results"]}


def sample(count):
    return Check(
        key="agreements.sample",
        label="見本の点検",
        remedy="見本の対応",
        find=lambda c: [
            Finding(text=f"見本{n}", url="/agreements/") for n in range(count)
        ],
        permission="agreements.view_visit",
    )


def test_manager_sees_every_check_and_a_coordinator_those_of_the_own_program(manager):
    assert {"dashboard.gaps", "alerts.passed_on", "childcare.hubs_reported"} <= set(
        results(manager.get(url()))
    )
    keeper = results(sign_in("coordinator_agreements").get(url()))
    assert "agreements.renewed" in keeper
    assert "alerts.passed_on" not in keeper


def test_people_without_figures_are_refused(staff, outsider):
    assert staff.get(url()).status_code == 403
    assert outsider.get(url()).status_code == 403


def test_finding_is_a_link_with_what_to_do_and_is_told_in_words(manager):
    with registry.override(sample(2)):
        text = manager.get(url()).text
    assert '<a href="/agreements/">見本1</a>' in text
    assert "見本の対応" in text
    assert "⚠" in text


def test_what_must_be_settled_first_is_marked(manager):
    manager.cookies["django_language"] = "en"
    marked = "must be settled before closing"
    with registry.override(dataclasses.replace(sample(1), blocks=True)):
        assert marked in manager.get(url()).text
    with registry.override(dataclasses.replace(sample(0), blocks=True)):
        assert marked not in manager.get(url()).text
    with registry.override(sample(1)):
        assert marked not in manager.get(url()).text


def test_check_that_finds_nothing_says_so(manager):
    with registry.override(sample(0)):
        page = manager.get(url())
    assert "✓" in page.text
    assert "見本の対応" not in page.text
    assert page.context["count"] == 0


def test_many_findings_are_cut_off_and_a_page_of_the_check_shows_all(manager):
    with registry.override(sample(30)):
        page = manager.get(url())
        assert "見本19<" in page.text
        assert "見本20<" not in page.text
        assert "?check=agreements.sample" in page.text
        whole = manager.get(url(), {"check": "agreements.sample"})
        assert "見本29<" in whole.text
        assert manager.get(url(), {"check": "no.such"}).status_code == 404


def test_percentage_comes_from_the_address(manager):
    AnnualFigureFactory(fiscal_year=2015, as_of=None, value=100)
    AnnualFigureFactory(value=120)
    assert results(manager.get(url()))["dashboard.change"].total == 0
    page = manager.get(url(), {"change": "１０"})
    assert results(page)["dashboard.change"].total == 1


@pytest.mark.parametrize("change", ["abc", "-5", "0", "99999999", "1e3"])
def test_percentage_that_cannot_be_read_is_told_and_the_setting_holds(manager, change):
    page = manager.get(url(), {"change": change})
    assert page.status_code == 200
    assert page.context["form"].errors["change"]
    assert page.context["form"].percent == 30


def test_chosen_year_leads_to_its_page(manager):
    answer = manager.get(url(), {"year": "2014", "change": "10"})
    assert answer.url == f"{url(2014)}?change=10"
    for year in ("x", "", "-1", "２０１６", "9" * 5000):
        assert manager.get(url(), {"year": year}).status_code == 404


def test_years_that_are_not_in_the_calendar_are_not_found(manager):
    assert manager.get(url(fiscal.current_year())).status_code == 200
    assert manager.get(url(fiscal.current_year() + 1)).status_code == 404
    assert manager.get(url(1999)).status_code == 404


def test_export_has_a_row_per_finding_also_those_that_are_not_shown(manager):
    with registry.override(sample(25)):
        answer = manager.get(url(), {"export": "csv"})
        sheet = manager.get(url(), {"export": "xlsx"})
    lines = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert len(lines) == 26
    assert lines[1][1:4] == ["見本の点検", "見本0", "1"]
    assert lines[1][5] == "http://testserver/agreements/"
    book = load_workbook(io.BytesIO(sheet.getvalue()))
    assert book.active.max_row == 26


def test_failing_check_stands_on_page_and_in_file(manager):
    def fails(context):
        raise RuntimeError

    bad = Check(
        key="agreements.bad",
        label="こわれた点検",
        remedy="",
        find=fails,
        permission="agreements.view_visit",
    )
    with registry.override(bad):
        page = manager.get(url())
        lines = manager.get(url(), {"export": "csv"}).getvalue().decode("utf-8-sig")
    assert "✕" in page.text
    assert page.context["count"] == 1
    assert "こわれた点検" in lines


def test_queries_do_not_grow_with_rows(manager):
    VisitFactory()
    manager.get(url())
    with CaptureQueriesContext(connection) as few:
        manager.get(url())
    VisitFactory.create_batch(20)
    with CaptureQueriesContext(connection) as many:
        manager.get(url())
    assert len(few) == len(many)
