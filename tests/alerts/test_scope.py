"""Field staff work with the reports of their own workplace; others are not there."""

import pytest
from django.urls import reverse

from tests.alerts.factories import CaseStoryFactory, IncidentReportFactory

SEES = ["report_detail", "report_receipt"]
HANDLES = ["report_update", "report_pass_on", "report_follow_up", "report_close"]


def url(name, report):
    return reverse(f"alerts:{name}", args=[report.pk])


@pytest.mark.parametrize("name", SEES)
def test_staff_opens_own_reports_and_finds_no_foreign_ones(name, staff, workplace):
    own = IncidentReportFactory(workplace=workplace)
    foreign = IncidentReportFactory()
    assert staff.get(url(name, own)).status_code == 200
    assert staff.get(url(name, foreign)).status_code == 404


@pytest.mark.parametrize("name", SEES)
def test_post_to_a_page_that_only_shows_changes_nothing(name, staff, workplace):
    own = IncidentReportFactory(workplace=workplace)
    foreign = IncidentReportFactory()
    # The detail page refuses the method before it looks for the row.
    assert staff.post(url(name, own)).status_code in {200, 405}
    assert staff.post(url(name, foreign)).status_code in {404, 405}


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", HANDLES)
def test_staff_handles_no_report_not_even_an_own_one(name, method, staff, workplace):
    own = IncidentReportFactory(workplace=workplace)
    for report in (own, IncidentReportFactory()):
        # What only takes a POST answers a GET with 405 to everybody.
        refused = {405} if method == "get" and name != "report_update" else {403}
        assert getattr(staff, method)(url(name, report)).status_code in refused


@pytest.mark.parametrize("name", [*SEES, "report_update"])
def test_officer_opens_the_reports_of_every_workplace(name, officer, workplace):
    for report in (IncidentReportFactory(workplace=workplace), IncidentReportFactory()):
        assert officer.get(url(name, report)).status_code == 200


@pytest.mark.parametrize("name", ["report_pass_on", "report_follow_up", "report_close"])
def test_officer_may_send_the_desk_work_of_every_workplace(name, officer):
    # Sent empty, the form comes back with its errors.
    assert officer.post(url(name, IncidentReportFactory())).status_code == 200


@pytest.mark.django_db
def test_list_counts_and_exports_the_own_workplace_only(staff, workplace):
    own = IncidentReportFactory(workplace=workplace)
    foreign = IncidentReportFactory()
    address = reverse("alerts:report_list")
    page = staff.get(address, {"fiscal_year": 2016})
    assert page.context["summary"]["count"] == 1
    for kind in ("", "csv"):
        text = b"".join(staff.get(address, {"export": kind})).decode()
        assert own.receipt_number in text
        assert foreign.receipt_number not in text


@pytest.mark.django_db
def test_staff_without_a_workplace_sees_nothing(staff, workplace):
    report = IncidentReportFactory(workplace=workplace)
    staff.user.workplace = None
    staff.user.save()
    assert staff.get(url("report_detail", report)).status_code == 404


def test_report_named_in_the_address_of_a_story_must_be_visible(officer):
    # Officers see all, so what is out of scope here is what does not exist.
    data = {"title": "見本", "text": "見本の文章です。", "area": "千葉県北部"}
    address = f"{reverse('alerts:story_create')}?report=999999"
    assert officer.post(address, data).status_code == 404


def test_story_does_not_open_its_report_to_staff(staff):
    story = CaseStoryFactory(report=IncidentReportFactory())
    assert staff.get(reverse("alerts:story_detail", args=[story.pk])).status_code == 403
