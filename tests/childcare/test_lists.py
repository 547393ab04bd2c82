"""The lists of hubs and sessions, and of who has not reported."""

import datetime as dt

import pytest
from django.urls import reverse

from childcare.models import Hub
from core import fiscal
from tests.childcare.factories import HubFactory, SessionFactory

SESSIONS = reverse("childcare:session_list")
HUBS = reverse("childcare:hub_list")
NOT_REPORTED = reverse("childcare:not_reported")
DAY = dt.date(2016, 10, 3)


@pytest.mark.parametrize("url", [SESSIONS, HUBS, NOT_REPORTED])
def test_manager_reads_and_outsider_does_not(manager, outsider, url):
    assert manager.get(url).status_code == 200
    assert outsider.get(url).status_code == 403


def test_filters_narrow_the_sessions_and_the_totals(manager):
    session = SessionFactory(held_on=DAY, families=7, adults=None)
    SessionFactory(held_on=dt.date(2016, 11, 1), families=5, adults=6)
    plaza = HubFactory(series=Hub.Series.MEMBER_RUN)
    SessionFactory(held_on=DAY, hub=plaza, families=3)
    for query, count, families in [
        ({"month": "H28.10"}, 2, 10),
        ({"month": "2016年10月", "series": "contracted"}, 1, 7),
        ({"hub": session.hub.code}, 1, 7),
        ({"hub": plaza.code}, 1, 3),
        ({"fiscal_year": "2016", "until": "2016/10/31"}, 2, 10),
        ({"q": session.hub.name}, 1, 7),
        ({"municipality": plaza.municipality.code}, 1, 3),
        ({"prefecture": "13"}, 0, None),
    ]:
        summary = manager.get(SESSIONS, query).context["summary"]
        assert (summary["count"], summary["families"]) == (count, families), query


def test_counts_that_are_not_recorded_are_missing_and_not_zero(manager):
    SessionFactory(held_on=DAY, adults=None)
    page = manager.get(SESSIONS, {"fiscal_year": "2016"})
    assert page.context["summary"]["adults"] is None
    assert '<dd data-total="adults">–</dd>' in page.text


def test_unreadable_month_is_explained(manager):
    page = manager.get(SESSIONS, {"month": "5/4"})
    assert page.context["filter"].form.errors["month"]


def test_hubs_open_on_a_day(manager):
    HubFactory(contract_until=dt.date(2017, 3, 20))
    assert manager.get(HUBS, {"on": "2017/3/20"}).context["summary"]["count"] == 1
    assert manager.get(HUBS, {"on": "2017/3/21"}).context["summary"]["count"] == 0


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_sessions_are_exported(manager, kind):
    SessionFactory()
    response = manager.get(SESSIONS, {"export": kind})
    assert b"".join(response.streaming_content)


def test_not_reported_lists_the_month_asked_for(manager, coordinator):
    late = HubFactory()
    SessionFactory(held_on=DAY)
    query = {"month": "2016/10"}
    sheet = reverse("childcare:month_sheet", args=[late.code, 2016, 10])
    page = coordinator.get(NOT_REPORTED, query)
    assert [row.record for row in page.context["table"].rows] == [late]
    assert sheet in page.text
    assert sheet not in manager.get(NOT_REPORTED, query).text


def test_not_reported_begins_with_last_month(manager, monkeypatch):
    monkeypatch.setattr(fiscal, "local_date", lambda: dt.date(2017, 1, 5))
    page = manager.get(NOT_REPORTED)
    assert page.context["filter"].form["month"].value() == "2016/12"


@pytest.mark.parametrize("url", [SESSIONS, HUBS, f"{NOT_REPORTED}?month=2012/1"])
def test_query_count_does_not_grow_with_rows(
    coordinator, django_assert_max_num_queries, django_assert_num_queries, url
):
    def fill(count):
        hubs = HubFactory.create_batch(count, contract_from=dt.date(2011, 1, 1))
        for hub in hubs:
            SessionFactory(hub=hub)

    fill(1)
    coordinator.get(url)
    with django_assert_max_num_queries(20) as few:
        coordinator.get(url)
    fill(20)
    with django_assert_num_queries(len(few)):
        coordinator.get(url)
