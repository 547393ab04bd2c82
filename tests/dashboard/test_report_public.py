"""The public address: off until a manager switches it on, and nothing small is told."""

import pytest
from django.test import Client
from django.urls import reverse

from dashboard import documents, publishing
from dashboard.models import AnnualReport
from tests.alerts.factories import CaseStoryFactory, at
from tests.conftest import grant
from tests.dashboard.documents import breakdown, cell, document, figure
from tests.dashboard.factories import AnnualReportFactory

pytestmark = pytest.mark.django_db
PUBLIC = reverse("report:public", args=[2016])
ADDRESS = reverse("report:address", args=[2016])


@pytest.fixture
def reader():
    return Client()


def stored(**more):
    people = figure(
        "alerts.reports", cell(4116, [1]), breakdown("channel", x=4081, y=34, z=1)
    )
    return document(people, notes=[(1, "note", "うち1人")], **more)


def switch(client, report, state):
    return client.post(ADDRESS, {"version": report.version, "public": state})


def test_address_is_off_until_it_is_switched_on(reader, manager):
    assert reader.get(PUBLIC).status_code == 404
    report = AnnualReportFactory(document=stored())
    assert reader.get(PUBLIC).status_code == 404
    switch(manager, report, "on")
    assert "4,116" in reader.get(PUBLIC).text or "4116" in reader.get(PUBLIC).text
    switch(manager, report, "off")
    assert reader.get(PUBLIC).status_code == 404


def test_nothing_hidden_stands_anywhere_in_the_page(reader):
    report = AnnualReportFactory(document=stored(), is_public=True)
    page = reader.get(PUBLIC).text
    assert "4081" in page
    for text in (">34<", ">1<", "うち1人"):
        assert text not in page
    # From the hash of the whole document hidden numbers could be found by trying.
    assert report.sha256 not in page


def test_there_is_no_export_draft_or_other_version_in_public(reader):
    AnnualReportFactory(document=stored())
    AnnualReportFactory(version=2, document=stored(title="第二版の題"), is_public=True)
    plain = reader.get(PUBLIC)
    for query in ("export=xlsx", "export=csv", "draft=1", "version=1"):
        answer = reader.get(f"{PUBLIC}?{query}")
        assert answer.headers["Content-Type"].startswith("text/html")
        assert answer.context["body"] == plain.context["body"]
    assert "第二版の題" in plain.text


def test_manager_sees_first_what_the_public_would(manager):
    AnnualReportFactory(document=stored())
    body = manager.get(ADDRESS).context["body"]
    assert "4081" in body
    assert ">34<" not in body
    assert manager.get(ADDRESS, {"version": "9"}).status_code == 404


def test_another_version_takes_the_place(manager, reader):
    first = AnnualReportFactory(document=stored(title="第一版の題"), is_public=True)
    second = AnnualReportFactory(version=2, document=stored(title="第二版の題"))
    assert "第一版の題" in reader.get(PUBLIC).text
    switch(manager, second, "on")
    assert "第二版の題" in reader.get(PUBLIC).text
    first.refresh_from_db()
    assert not first.is_public
    # Switching off names a version, and means the address.
    switch(manager, first, "off")
    assert reader.get(PUBLIC).status_code == 404


def test_switching_twice_changes_nothing_more():
    report = AnnualReportFactory(document=stored())
    for _ in range(2):
        assert publishing.set_public(report=report, is_public=True).is_public
    assert AnnualReport.objects.public().get() == report


def test_document_without_its_hash_is_not_shown(reader):
    AnnualReportFactory(document=stored(), is_public=True, sha256="0" * 64)
    assert reader.get(PUBLIC).status_code == 404


def test_withdrawn_story_leaves_the_public_page_at_once(reader):
    story = CaseStoryFactory(
        title="見本の事例",
        state="approved",
        approved_by=grant(),
        approved_at=at(2017, 3, 25),
    )
    told = {"id": story.pk, "title": story.title, "text": story.text, "age": ""}
    added = {
        "key": "alerts.stories",
        "label": "連絡の事例",
        "permission": "alerts.view_casestory",
        "data": {"stories": [told | {"area": story.area}]},
    }
    report = document(figure("alerts.reports", 40), contributions=[added])
    AnnualReportFactory(document=report, is_public=True)
    assert story.title in reader.get(PUBLIC).text
    type(story).objects.update(state="withdrawn")
    assert story.title not in reader.get(PUBLIC).text


def test_others_do_not_switch(officer, coordinator):
    report = AnnualReportFactory(document=stored())
    for client in (officer, coordinator):
        assert client.get(ADDRESS).status_code == 403
        assert switch(client, report, "on").status_code == 403
    report.refresh_from_db()
    assert not report.is_public
    assert documents.fingerprint(report.document) == report.sha256
