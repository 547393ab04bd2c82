"""Personal data is shown by a click, with a reason where one is due, after the log."""

import datetime as dt

import pytest
from django.db import DatabaseError
from django.urls import reverse

from accounts.models import AccessEntry
from alerts.models import PERSONAL
from alerts.reveal import PrintForm, RevealForm, needs_reason
from alerts.views import personal
from tests.alerts.factories import (
    CorrectionFactory,
    FollowUpFactory,
    IncidentReportFactory,
    PhotoFactory,
    at,
)

pytestmark = pytest.mark.django_db
SIGN = "カナリア"
WHY = {"reason": "contact"}
AGE = "85"


def make(**attributes):
    """Return a report in whose every text a canary sits."""
    texts = {name: f"{SIGN}{name}" for name in PERSONAL}
    texts |= {"age_band": "from_85", "postal_code": "9998877"}
    texts |= {"person_phone": "080-5557-0001"} | attributes
    report = IncidentReportFactory(is_passed_on=True, **texts)
    FollowUpFactory(report=report, text=f"{SIGN}follow")
    CorrectionFactory(report=report, before={"place": f"{SIGN}before"})
    return report


@pytest.fixture
def own(workplace):
    return make(workplace=workplace)


def url(name, report):
    return reverse(f"alerts:report_{name}", args=[report.pk])


def entries(report):
    rows = AccessEntry.objects.of(report).order_by("pk")
    return [(row.user, row.action, row.reason) for row in rows]


def shown(page):
    """Return which of the canaries stand on a page."""
    words = [*PERSONAL, "follow", "before"]
    found = {word for word in words if f"{SIGN}{word}" in page.text}
    digits = {"postal_code": "999-8877", "person_phone": "080-5557-0001"}
    return found | {name for name, text in digits.items() if text in page.text}


def test_opening_the_page_is_logged_and_shows_nothing_personal(staff, own):
    page = staff.get(own.get_absolute_url())
    assert shown(page) == set()
    assert entries(own) == [(staff.user, "view", "")]


def test_a_click_shows_all_of_it_and_is_logged(staff, own):
    page = staff.post(url("reveal", own))
    # The age is a choice, shown by its label.
    assert shown(page) == {*PERSONAL, "follow", "before"} - {"age_band"}
    assert str(own.get_age_band_display()) in page.text
    assert entries(own) == [(staff.user, "reveal", "")]
    assert page.headers["Cache-Control"] == "no-store"


def test_without_the_click_it_is_hidden_again(staff, own):
    staff.post(url("reveal", own))
    assert shown(staff.get(own.get_absolute_url())) == set()
    assert staff.get(url("reveal", own)).status_code == 405


def test_htmx_gets_the_two_parts_and_keeps_no_copy_for_going_back(staff, own):
    page = staff.get(own.get_absolute_url()).text
    assert 'hx-select="#personal"' in page
    assert 'hx-select-oob="#history"' in page
    assert 'hx-history="false"' in page
    answer = staff.post(url("reveal", own), headers={"HX-Request": "true"}).text
    assert 'id="personal"' in answer
    assert 'id="history"' in answer


def test_photos_are_shown_with_it_and_not_before(staff, own):
    photo = PhotoFactory(report=own).get_absolute_url()
    assert photo not in staff.get(own.get_absolute_url()).text
    assert photo in staff.post(url("reveal", own)).text


@pytest.mark.parametrize("name", ["reveal", "print"])
def test_nothing_is_shown_when_the_log_cannot_be_written(
    officer, own, monkeypatch, name
):
    def fail(**kwargs):
        raise DatabaseError

    monkeypatch.setattr(personal, "record_read", fail)
    officer.raise_request_exception = False
    answer = officer.post(url(name, own), WHY)
    assert answer.status_code == 500
    assert SIGN not in answer.text


def test_other_workplace_finds_nothing_and_leaves_no_entry(other_staff, own):
    assert other_staff.post(url("reveal", own), WHY).status_code == 404
    assert entries(own) == []


def test_reason_is_asked_for_reports_of_other_workplaces(officer):
    foreign = make()
    page = officer.post(url("reveal", foreign))
    assert shown(page) == set()
    assert page.context["reveal_form"].errors
    page = officer.post(url("reveal", foreign), {"reason": "inquiry"})
    assert "narrative" in shown(page)
    (_who, first, _why), (_who, second, why) = entries(foreign)
    assert (first, second) == ("view", "reveal")
    assert why


def test_own_workplace_is_not_asked_until_a_month_after_closing(officer, workplace):
    report = IncidentReportFactory(workplace=workplace, is_closed=True)
    for days, is_needed in [(30, False), (31, True)]:
        now = report.closed_at + dt.timedelta(days=days)
        assert needs_reason(report, officer.user, now) is is_needed
    report.closed_at = None
    assert not needs_reason(report, officer.user, at(2026, 1, 1))


def test_long_closed_own_report_asks_staff_too(staff, workplace):
    report = make(
        workplace=workplace, state="closed", outcome="safe", closed_at=at(2016, 10, 4)
    )
    assert shown(staff.post(url("reveal", report))) == set()
    assert shown(staff.post(url("reveal", report), WHY))


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "reason"),
        ({"reason": "curiosity"}, "reason"),
        ({"reason": "other"}, "text"),
        ({"reason": "other", "text": "  "}, "text"),
        ({"reason": "other", "text": "長" * 101}, "text"),
        ({"reason": "other", "text": "ミホン花子さんの件"}, "text"),
        ({"reason": "contact", "text": "花子さんの家族"}, "text"),
    ],
)
def test_bad_reason_is_explained(officer, data, field):
    report = IncidentReportFactory(person_name="見本 花子", person_kana="みほん はなこ")
    form = RevealForm(data, report=report, user=officer.user)
    assert list(form.errors) == [field]


def test_reason_in_words_is_logged_and_those_of_another_choice_are_not(officer):
    report = IncidentReportFactory()
    logged = []
    for data in ({"reason": "other", "text": "監査のため"}, WHY | {"text": "書きかけ"}):
        form = RevealForm(data, report=report, user=officer.user)
        assert form.is_valid()
        logged.append(form.logged)
    assert logged[0] == "監査のため"
    assert "書きかけ" not in logged[1]


def test_form_to_correct_is_logged_before_it_is_shown(officer, own):
    officer.get(url("update", own))
    assert entries(own) == [(officer.user, "edit", "")]


def test_sheet_shows_what_the_desk_needs_and_is_logged_with_its_reason(officer, own):
    page = officer.post(url("print", own), WHY)
    needed = {*PERSONAL, "follow"} - {"age_band", "reporter_name"}
    assert needed <= shown(page)
    (entry,) = entries(own)
    assert entry[:2] == (officer.user, "print")
    assert entry[2]
    title = page.text.partition("<title>")[2].partition("</title>")[0]
    assert own.receipt_number in title
    assert SIGN not in title


def test_sheet_asks_for_a_reason_of_the_own_workplace_too(officer, own):
    page = officer.post(url("print", own))
    assert page.context["print_form"].errors
    assert shown(page) == set()
    assert PrintForm({}, report=own, user=officer.user).errors


def test_sheet_is_for_those_who_pass_on(staff, own):
    assert staff.post(url("print", own), WHY).status_code == 403
    assert url("print", own) not in staff.get(own.get_absolute_url()).text


def test_erased_report_has_no_sheet(officer, workplace):
    report = IncidentReportFactory(workplace=workplace, is_erased=True)
    officer.post(url("print", report), WHY)
    assert [action for _user, action, _why in entries(report)] == ["view"]
