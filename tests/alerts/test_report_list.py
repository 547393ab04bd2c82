"""The list of reports: scope, search, filters, export."""

import pytest
from django.urls import reverse

from tests.alerts.factories import IncidentReportFactory
from tests.municipalities.factories import MunicipalityFactory

URL = reverse("alerts:report_list")
pytestmark = pytest.mark.django_db


def count(client, **query):
    return client.get(URL, query).context["summary"]["count"]


def test_staff_sees_the_own_workplace_and_officer_all(staff, officer, coordinator):
    IncidentReportFactory(workplace=staff.user.workplace)
    IncidentReportFactory()
    assert count(staff, channel="home_delivery") == 1
    assert count(officer, channel="home_delivery") == 2
    assert coordinator.get(URL).status_code == 403


def test_list_and_export_show_no_personal_data(officer):
    report = IncidentReportFactory()
    page = officer.get(URL)
    assert report.receipt_number in page.text
    exported = b"".join(officer.get(URL, {"export": "csv"}).streaming_content)
    assert report.receipt_number in exported.decode()
    for text in (page.text, exported.decode()):
        assert not any(word in text for word in ("見本 花子", "架空町", "返事"))


def test_search_finds_number_and_municipality_but_no_names(officer):
    place = MunicipalityFactory(name="鎌ケ谷市", kana="かまがやし")
    report = IncidentReportFactory(municipality=place)
    IncidentReportFactory()
    assert count(officer, q=report.receipt_number) == 1
    assert count(officer, q="カマガヤ") == 1
    assert count(officer, q="花子") == 0
    assert count(officer, q="架空町") == 0


def test_number_that_no_column_holds_is_no_error(officer):
    IncidentReportFactory()
    assert count(officer, q=f"2016-{'9' * 30}") == 0


def test_filters_narrow_the_rows(officer):
    IncidentReportFactory()
    IncidentReportFactory(is_passed_on=True, signs=["mail", "smell"])
    IncidentReportFactory(is_closed=True, signs=["smell"])
    assert count(officer, passed_on="true") == 2
    assert count(officer, passed_on="false") == 1
    assert count(officer, state="closed") == 1
    assert count(officer, sign="smell") == 2
    assert count(officer, outcome="safe") == 1


def test_waiting_reports_are_counted_beside_the_link(officer):
    IncidentReportFactory()
    IncidentReportFactory(is_closed=True)
    page = officer.get(URL)
    assert page.context["waiting"] == 1
    assert "?passed_on=false" in page.text


def test_query_count_does_not_grow_with_rows(
    officer, django_assert_max_num_queries, django_assert_num_queries
):
    IncidentReportFactory()
    officer.get(URL)
    with django_assert_max_num_queries(20) as few:
        officer.get(URL)
    IncidentReportFactory.create_batch(20)
    with django_assert_num_queries(len(few)):
        officer.get(URL)
