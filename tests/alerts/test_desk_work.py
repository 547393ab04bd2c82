"""Passing on, following up, closing; and who saw a report."""

import datetime as dt

import pytest
from auditlog.models import LogEntry
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from alerts.choices import ReportState
from alerts.handling import close_report, pass_on
from alerts.models import IncidentReport
from tests.agreements.factories import AgreementFactory
from tests.alerts.factories import FollowUpFactory, IncidentReportFactory, at
from tests.municipalities.factories import DeskFactory

pytestmark = pytest.mark.django_db


def url(action, report):
    return reverse(f"alerts:report_{action}", args=[report.pk])


def test_log_holds_no_personal_data(staff, officer):
    report = IncidentReportFactory(workplace=staff.user.workplace)
    staff.get(url("detail", report))
    officer.post(url("close", report), {"outcome": "safe", "version": 1})
    for entry in LogEntry.objects.get_for_object(report):
        text = f"{entry.changes} {entry.object_repr} {entry.additional_data}"
        assert not any(word in text for word in ("花子", "架空町", "返事"))


def test_form_to_correct_has_no_place_for_desks(officer):
    # This page has no place for the desks that the new report's form loads.
    page = officer.get(url("update", IncidentReportFactory()))
    assert 'hx-target="#desks"' not in page.text


def test_agreement_counts_where_and_when_it_was_noticed(officer):
    with_agreement = IncidentReportFactory()
    AgreementFactory(
        municipality=with_agreement.municipality,
        in_force_until=dt.date(2016, 10, 3),
    )
    day_after = IncidentReportFactory(
        municipality=with_agreement.municipality, noticed_at=at(2016, 10, 4, 0, 0)
    )
    rows = IncidentReport.objects.with_agreement()
    assert rows.get(pk=with_agreement.pk).had_agreement
    assert not rows.get(pk=day_after.pk).had_agreement


def test_officer_passes_on_and_staff_may_not(officer, staff):
    report = IncidentReportFactory(workplace=staff.user.workplace)
    desk = DeskFactory(municipality=report.municipality)
    data = {
        "desk": desk.pk,
        "desk_person": "架空さん",
        "method": "phone",
        "at": "2016/10/3 11:00",
        "version": 1,
    }
    assert staff.post(url("pass_on", report), data).status_code == 403
    assert officer.post(url("pass_on", report), data).url == url("detail", report)
    report.refresh_from_db()
    assert (report.state, report.desk) == ("passed_on", desk)
    assert report.passed_on_by == officer.user
    assert report.passed_on_at == at(2016, 10, 3, 11, 0)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"at": "2016/10/3 9:59"}, "at"),
        ({"at": "2099/1/1 9:00"}, "at"),
        ({"desk_person": ""}, "desk_person"),
    ],
)
def test_bad_input_is_explained_on_the_page(officer, changes, field):
    report = IncidentReportFactory()
    data = {"desk_person": "架空さん", "method": "phone", "at": "2016/10/3 11:00"}
    page = officer.post(url("pass_on", report), data | changes)
    assert page.status_code == 200
    assert list(page.context["desk_forms"]["pass_on"].errors) == [field]
    report.refresh_from_db()
    assert report.state == "received"


def test_desk_of_another_municipality_is_refused(officer):
    report = IncidentReportFactory()
    data = {"desk_person": "架空さん", "method": "phone", "at": "2016/10/3 11:00"}
    page = officer.post(url("pass_on", report), data | {"desk": DeskFactory().pk})
    assert "desk" in page.context["desk_forms"]["pass_on"].errors


def test_officer_adds_a_follow_up_even_after_closing(officer):
    report = IncidentReportFactory(is_closed=True)
    data = {"at": "2016/10/5 9:00", "text": "家族から連絡がありました。"}
    officer.post(url("follow_up", report), data)
    assert report.follow_ups.get().text == "家族から連絡がありました。"


def test_closing_needs_an_outcome_and_names_who_closed(officer):
    report = IncidentReportFactory(is_passed_on=True)
    data = {"outcome": "pending", "version": 1}
    page = officer.post(url("close", report), data)
    assert "outcome" in page.context["desk_forms"]["close"].errors
    officer.post(url("close", report), data | {"outcome": "safe"})
    report.refresh_from_db()
    assert (report.state, report.outcome, report.version) == ("closed", "safe", 2)
    assert report.ask_again_at is None
    last = officer.get(url("detail", report)).context["history"][-1]
    assert (last.what, last.by) == (ReportState.CLOSED.label, officer.user)


def test_services_refuse_what_cannot_be(officer):
    early = IncidentReportFactory()
    told = {"desk": None, "desk_person": "x", "method": "phone"}
    told |= {"actor": officer.user, "version": 1}
    with pytest.raises(ValidationError):
        pass_on(report=early, at=at(2016, 10, 3, 9, 0), **told)
    merged = IncidentReportFactory(merged_into=early)
    with pytest.raises(ValidationError):
        pass_on(report=merged, at=at(2016, 10, 3, 12, 0), **told)
    with pytest.raises(ValidationError):
        close_report(
            report=merged,
            outcome="safe",
            at=at(2016, 10, 5, 9, 0),
            actor=officer.user,
            version=1,
        )


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "passed_on"},
        {"passed_on_at": at(2016, 10, 3, 11, 0)},
        {"state": "passed_on", "passed_on_at": at(2016, 10, 3, 9, 0)},
        {"state": "closed", "closed_at": at(2016, 10, 4)},
        {"state": "closed", "outcome": "safe"},
        {"outcome": "safe"},
        {"reporter": None},
    ],
)
def test_database_refuses_impossible_states(broken):
    with pytest.raises(IntegrityError), transaction.atomic():
        IncidentReportFactory(**broken)


def test_correction_cannot_move_noticing_behind_passing_on(officer):
    report = IncidentReportFactory(is_passed_on=True)
    form = officer.get(url("update", report)).context["form"]
    data = {
        name: form[name].value() or ""
        for name in form.fields
        if not name.startswith("has_")
    }
    data |= {
        "signs": [sign.pk for sign in report.signs.all()],
        "version": 1,
        "noticed_at": "2016/10/3 11:01",
        "municipality": report.municipality.code,
    }
    page = officer.post(url("update", report), data)
    assert list(page.context["form"].errors) == ["noticed_at"]
    officer.post(url("update", report), data | {"noticed_at": "2016/10/3 10:30"})
    report.refresh_from_db()
    assert report.noticed_at == at(2016, 10, 3, 10, 30)


def test_query_count_does_not_grow_with_follow_ups(
    officer, django_assert_max_num_queries, django_assert_num_queries
):
    report = IncidentReportFactory()
    FollowUpFactory(report=report)
    officer.get(url("detail", report))
    with django_assert_max_num_queries(25) as few:
        officer.get(url("detail", report))
    FollowUpFactory.create_batch(20, report=report)
    with django_assert_num_queries(len(few)):
        officer.get(url("detail", report))
