"""Who saw a report, and who took the list of reports out."""

import pytest
from django.urls import reverse

from accounts.models import AccessEntry
from tests.alerts.factories import IncidentReportFactory

pytestmark = pytest.mark.django_db
LIST = reverse("alerts:report_list")


def looks_url(report):
    return reverse("alerts:report_looks", args=[report.pk])


def test_officer_sees_on_the_page_who_looked_and_staff_does_not(officer, staff):
    report = IncidentReportFactory(workplace=staff.user.workplace)
    page = staff.get(report.get_absolute_url())
    assert "viewers" not in page.context
    page = officer.get(report.get_absolute_url())
    people = [entry.user for entry in page.context["viewers"]]
    assert people == [officer.user, staff.user]


def test_list_of_looks_says_who_when_how_and_why(officer, manager):
    report = IncidentReportFactory()
    manager.post(
        reverse("alerts:report_reveal", args=[report.pk]), {"reason": "inquiry"}
    )
    page = officer.get(looks_url(report))
    row = page.context["table"].rows[0].record
    assert (row.user, row.action) == (manager.user, "reveal")
    assert row.reason in page.text
    assert str(manager.user) in page.text
    assert report.receipt_number in page.text


def test_looks_at_another_report_are_left_out(officer):
    report, other = IncidentReportFactory.create_batch(2)
    officer.get(other.get_absolute_url())
    assert len(officer.get(looks_url(report)).context["table"].rows) == 0


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_export_of_reports_is_logged_by_number_of_rows_without_filters(officer, kind):
    IncidentReportFactory.create_batch(3, channel="store")
    IncidentReportFactory(channel="other")
    officer.get(LIST)
    query = {"channel": "store", "q": "見本市", "export": kind}
    shown = officer.get(LIST, query | {"q": ""})
    body = b"".join(shown.streaming_content)
    entry = AccessEntry.objects.get()
    assert (entry.user, entry.action, entry.row_count) == (officer.user, "export", 3)
    assert entry.subject_id is None
    assert "store" not in entry.subject + entry.reason
    assert "花子".encode() not in body
    assert "花子" not in shown.headers["Content-Disposition"]


def test_taking_out_the_log_of_a_report_is_logged(officer):
    report = IncidentReportFactory()
    officer.get(report.get_absolute_url())
    b"".join(officer.get(looks_url(report), {"export": "csv"}).streaming_content)
    entry = AccessEntry.objects.get(action="export")
    assert (entry.user, entry.row_count) == (officer.user, 1)


def test_query_count_does_not_grow_with_looks(
    officer, manager, django_assert_num_queries, django_assert_max_num_queries
):
    report = IncidentReportFactory()
    for address in (report.get_absolute_url(), looks_url(report)):
        officer.get(address)
        with django_assert_max_num_queries(30) as few:
            officer.get(address)
        # Counted now: the next request forgets the queries of this one.
        count = len(few)
        for _time in range(10):
            manager.get(report.get_absolute_url())
        with django_assert_num_queries(count):
            officer.get(address)
