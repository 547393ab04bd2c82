"""Publishing freezes: the year is closed, the version stays, two do not collide."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.urls import reverse

from core.access import Role
from dashboard import documents, publishing
from dashboard.closing import close_year, finish, reopen_year
from dashboard.indicators import registry
from dashboard.models import AnnualReport, ReportText
from dashboard.refusals import Refused
from municipalities.models import Municipality
from tests.agreements.factories import VisitFactory
from tests.conftest import grant
from tests.dashboard.factories import (
    AnnualFigureFactory,
    AnnualReportFactory,
    RemarkFactory,
    ReportTextFactory,
)

pytestmark = pytest.mark.usefixtures("small_registry")
AT = dt.datetime(2018, 5, 1, 3, tzinfo=dt.UTC)
PAGE = reverse("report:report", args=[2016])
PUBLISH = reverse("report:publish", args=[2016])


@pytest.fixture
def closed(db):
    VisitFactory(visited_on=dt.date(2016, 10, 3))
    return finish(close_year(year=2016, actor=None, at=AT))


def publish(actor, **known):
    return publishing.publish(year=2016, actor=actor, at=AT, **known)


def test_open_year_is_not_published_and_the_page_leads_to_its_closing(manager):
    with pytest.raises(ValidationError, match="2016"):
        publish(manager.user)
    page = manager.get(PUBLISH)
    assert reverse("dashboard:closing", args=[2016]) in page.text
    page = manager.post(PUBLISH, {"after": "0"})
    assert page.context["errors"]
    assert not AnnualReport.objects.exists()


def test_reopened_year_is_told_and_not_published_again(manager, closed):
    publish(manager.user)
    assert manager.get(PAGE).context["is_reopened"] is False
    reopen_year(year=2016, actor=manager.user, reason="見本", at=AT)
    assert manager.get(PAGE).context["is_reopened"] is True
    with pytest.raises(ValidationError, match="2016"):
        publish(manager.user)


def test_published_version_is_the_document_with_its_hash(manager, closed):
    report = publish(manager.user)
    report.refresh_from_db()
    assert report.version == 1
    assert report.sha256 == documents.fingerprint(report.document)
    assert report.document["closings"][0]["sha256"] == closed.sha256


def test_published_version_stays_when_texts_and_figures_change(manager, closed):
    AnnualFigureFactory(fiscal_year=2014, value=11)
    manager.post(PUBLISH, {"after": "0"})
    before = manager.get(PAGE, {"version": "1"}).context["body"]
    ReportTextFactory(text="後から書いた文章")
    RemarkFactory(fiscal_year=2014, text="後からの注")
    place = Municipality.objects.get()
    VisitFactory(visited_on=dt.date(2015, 10, 3), municipality=place)
    page = manager.get(PAGE)
    assert page.context["body"] == before
    draft = manager.get(PAGE, {"draft": "1"}).context["body"]
    for text in ("後から書いた文章", "後からの注"):
        assert text in draft
        assert text not in before
    manager.post(PUBLISH, {"after": "1"})
    assert "後から書いた文章" in manager.get(PAGE).context["body"]
    assert manager.get(PAGE, {"version": "1"}).context["body"] == before


def test_nothing_of_a_version_can_be_changed_or_deleted(manager, closed):
    report = publish(manager.user)
    rows = AnnualReport.objects.filter(pk=report.pk)
    for change in (
        lambda: rows.update(document={}),
        lambda: rows.update(version=9),
        report.delete,
    ):
        with pytest.raises(Refused), transaction.atomic():
            change()


def test_changed_hash_is_told(manager):
    AnnualReportFactory(sha256="0" * 64)
    page = manager.get(PAGE)
    assert page.context["shown"].is_intact is False
    assert 'role="alert"' in page.text


def test_all_versions_are_listed_with_person_and_hash(manager, closed):
    first = publish(manager.user)
    second = publish(manager.user)
    page = manager.get(PAGE)
    assert [v.version for v in page.context["versions"]] == [2, 1]
    for text in (first.sha256, second.sha256, manager.user.display_name):
        assert text in page.text


def test_whoever_was_slower_is_told_who_was_faster(manager, closed):
    other = grant(Role.MANAGER, display_name="架空 次郎")
    publish(other)
    page = manager.post(PUBLISH, {"after": "0"})
    assert "架空 次郎" in page.context["errors"][0]
    assert AnnualReport.objects.count() == 1
    # The page now knows the newest version, and publishes after it.
    assert 'name="after" value="1"' in page.text
    assert manager.post(PUBLISH, {"after": "1"}).status_code == 302


@pytest.mark.parametrize("after", ["", "x", "-1", "99", "１"])
def test_garbage_in_place_of_the_version_publishes_nothing(manager, closed, after):
    page = manager.post(PUBLISH, {"after": after})
    assert page.status_code == 200
    assert page.context["errors"]
    assert not AnnualReport.objects.exists()


def test_failing_figure_stops_publishing(manager, closed, monkeypatch):
    def fail(self, *args, **kwargs):
        raise RuntimeError("見本")

    visits = registry["agreements.visits"]
    monkeypatch.setattr(type(visits), "numbers", fail)
    with pytest.raises(ValidationError, match="訪問"):
        publish(manager.user)


def test_program_text_goes_into_its_section(manager, closed):
    ReportText.objects.create(fiscal_year=2016, section="agreements", text="協定の文")
    ReportText.objects.create(fiscal_year=2015, section="agreements", text="前の年")
    report = publish(manager.user)
    assert report.document["sections"][0]["introduction"] == "協定の文"


@pytest.mark.django_db(transaction=True)
def test_managers_at_once_make_a_version_each(small_registry):
    VisitFactory(visited_on=dt.date(2016, 10, 3))
    finish(close_year(year=2016, actor=None, at=AT))
    # The test database of SQLite lies in memory, where nobody waits for a lock.
    at_once = 1 if connection.vendor == "sqlite" else 4
    people = [grant(Role.MANAGER) for _ in range(at_once)]
    barrier = Barrier(at_once)

    def run(person):
        try:
            barrier.wait()
            return publish(person).version
        finally:
            if at_once > 1:
                connection.close()

    with ThreadPoolExecutor(at_once) as pool:
        versions = sorted(pool.map(run, people))
    assert versions == list(range(1, at_once + 1))
