"""Two people change one report: nothing is overwritten unseen, no text is lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import AccessEntry
from alerts.models import IncidentReport, Sign
from core.access import Role
from tests.alerts.factories import IncidentReportFactory, at
from tests.alerts.sent_forms import sent
from tests.conftest import grant

TOLD = {
    "desk": "",
    "desk_person": "一人目",
    "method": "phone",
    "at": "2016/10/3 11:00",
    "version": 1,
}


def url(action, report):
    return reverse(f"alerts:report_{action}", args=[report.pk])


def by_name(page):
    return {clash.name: clash for clash in page.context["clashes"]}


def corrected(client, report, **changes):
    """Open the form as it is now; return a function that sends it with `changes`."""
    data = sent(client.get(url("update", report)), **changes)
    return lambda: client.post(url("update", report), data)


@pytest.mark.django_db
def test_slower_correction_changes_nothing_and_shows_both_texts(officer, manager):
    report = IncidentReportFactory()
    slow = corrected(officer, report, narrative="遅い人の文")
    fast = corrected(manager, report, narrative="速い人の文")
    assert fast().status_code == 302
    page = slow()
    assert page.status_code == 409
    clash = by_name(page)["narrative"]
    assert (clash.theirs, clash.mine) == ("速い人の文", "遅い人の文")
    # Both changed it: a person decides.
    assert clash.choice == ""
    report.refresh_from_db()
    assert (report.narrative, report.version) == ("速い人の文", 2)


@pytest.mark.django_db
def test_what_only_one_changed_comes_with_that_choice(officer, manager):
    report = IncidentReportFactory()
    slow = corrected(officer, report, place="見本町9")
    signs = list(Sign.objects.values_list("pk", flat=True)[:2])
    fast = corrected(manager, report, has_told_family="on", signs=signs)
    fast()
    choices = {name: c.choice for name, c in by_name(slow()).items()}
    assert choices == {"place": "mine", "has_told_family": "theirs", "signs": "theirs"}


@pytest.mark.django_db
def test_page_of_both_texts_saves_what_was_chosen_field_by_field(officer, manager):
    report = IncidentReportFactory()
    slow = corrected(officer, report, narrative="遅い\r\n文", place="見本町9")
    corrected(manager, report, narrative="速い文", person_name="見本 次郎")()
    page = slow()
    chosen = sent(page, take_narrative=["mine"])
    assert officer.post(url("update", report), chosen).status_code == 302
    report.refresh_from_db()
    assert report.narrative.replace("\r\n", "\n") == "遅い\n文"
    assert (report.place, report.person_name) == ("見本町9", "見本 次郎")
    assert report.version == 3
    # Only what the slower one changed is a correction of theirs.
    assert set(report.corrections.last().before) == {"narrative", "place"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("take", "text", "version"), [("mine", "遅い文", 3), ("theirs", "速い文", 2)]
)
def test_all_of_one_side_can_be_taken(officer, manager, take, text, version):
    report = IncidentReportFactory()
    slow = corrected(officer, report, narrative="遅い文", has_called_119="on")
    corrected(manager, report, narrative="速い文", has_told_office="on")()
    data = sent(slow(), take_all=take)
    assert officer.post(url("update", report), data).status_code == 302
    report.refresh_from_db()
    assert (report.narrative, report.version) == (text, version)
    assert report.has_told_office is (take == "theirs")
    assert report.has_called_119 is (take == "mine")


@pytest.mark.django_db
def test_without_a_choice_the_page_comes_back_with_both_texts(officer, manager):
    report = IncidentReportFactory()
    slow = corrected(officer, report, narrative="遅い文")
    corrected(manager, report, narrative="速い文")()
    page = officer.post(url("update", report), sent(slow()))
    assert page.status_code == 409
    assert page.context["undecided"] == ["narrative"]
    assert "遅い文" in page.text
    assert "速い文" in page.text
    report.refresh_from_db()
    assert report.version == 2


@pytest.mark.django_db
def test_third_person_in_between_is_not_overwritten_either(officer, manager):
    report = IncidentReportFactory()
    slow = corrected(officer, report, narrative="遅い文", place="見本町9")
    corrected(manager, report, narrative="速い文")()
    chosen = sent(slow(), take_narrative=["theirs"])
    corrected(manager, report, narrative="もっと速い文")()
    page = officer.post(url("update", report), chosen)
    assert page.status_code == 409
    clashes = by_name(page)
    assert (clashes["narrative"].theirs, clashes["narrative"].mine) == (
        "もっと速い文",
        "速い文",
    )
    assert clashes["place"].mine == "見本町9"


@pytest.mark.django_db
@pytest.mark.parametrize("version", ["", "0", "7"])
def test_form_without_the_right_version_counts_as_slower(officer, version):
    report = IncidentReportFactory()
    page = corrected(officer, report, narrative="別の文", version=version)()
    assert page.status_code == 409
    report.refresh_from_db()
    assert report.version == 1


@pytest.mark.django_db
def test_showing_both_texts_is_logged_as_a_look(officer, manager):
    report = IncidentReportFactory()
    slow = corrected(officer, report, narrative="遅い文")
    corrected(manager, report, narrative="速い文")()
    entries = AccessEntry.objects.filter(user=officer.user, action="edit")
    before = entries.count()
    slow()
    assert entries.count() > before


@pytest.mark.django_db
def test_second_who_passes_on_sees_the_first_and_may_correct(officer, manager):
    report = IncidentReportFactory()
    officer.post(url("pass_on", report), TOLD)
    slower = TOLD | {"desk_person": "二人目", "at": "2016/10/3 11:30"}
    page = manager.post(url("pass_on", report), slower)
    assert page.status_code == 409
    clashes = by_name(page)
    assert set(clashes) == {"desk_person", "at"}
    assert (clashes["desk_person"].theirs, clashes["desk_person"].mine) == (
        "一人目",
        "二人目",
    )
    report.refresh_from_db()
    assert report.desk_person == "一人目"
    chosen = sent(page, take_desk_person="mine", take_at="theirs")
    assert manager.post(url("pass_on", report), chosen).status_code == 302
    report.refresh_from_db()
    assert (report.desk_person, report.passed_on_at) == (
        "二人目",
        at(2016, 10, 3, 11, 0),
    )
    assert report.corrections.get().before == {"desk_person": "一人目"}
    assert report.passed_on_by == officer.user


@pytest.mark.django_db
def test_passing_on_what_was_corrected_meanwhile_needs_one_more_click(officer, manager):
    report = IncidentReportFactory()
    corrected(manager, report, narrative="速い文")()
    page = officer.post(url("pass_on", report), TOLD)
    assert page.status_code == 409
    assert {c.choice for c in page.context["clashes"]} == {"mine"}
    officer.post(url("pass_on", report), sent(page))
    report.refresh_from_db()
    assert (report.state, report.desk_person) == ("passed_on", "一人目")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("action", "mine", "field"),
    [
        ("close", {"outcome": "death", "text": "家族より"}, "outcome"),
        ("ask_again", {"ask_again_on": "2099/1/1", "text": "留守"}, "ask_again_on"),
    ],
)
def test_outcome_of_a_report_that_changed_is_not_overwritten(
    officer, action, mine, field
):
    report = IncidentReportFactory(
        is_closed=True,
        outcome="unknown",
        ask_again_at=at(2016, 10, 11, 0, 0),
        version=2,
    )
    page = officer.post(url(action, report), mine | {"version": 1})
    assert page.status_code == 409
    assert by_name(page)[field].choice == ""
    assert by_name(page)["text"].mine == mine["text"]
    report.refresh_from_db()
    assert (report.outcome, report.version) == ("unknown", 2)
    chosen = sent(page, **{f"take_{field}": "mine"})
    assert officer.post(url(action, report), chosen).status_code == 302
    report.refresh_from_db()
    assert report.version == 3


@pytest.mark.django_db
def test_bad_input_of_the_slower_one_is_not_lost(officer, manager):
    report = IncidentReportFactory()
    slow = dict(TOLD, at="2016/10/3 9:00")
    officer.post(url("pass_on", report), TOLD)
    page = manager.post(url("pass_on", report), slow)
    assert page.status_code == 200
    form = page.context["desk_forms"]["pass_on"]
    assert list(form.errors) == ["at"]
    # The form is on the page although the report is passed on by now, and still slow.
    data = sent(page, "/pass-on/", at="2016/10/3 11:20")
    assert data["version"] == ["1"]
    assert manager.post(url("pass_on", report), data).status_code == 409


AT_ONCE = 6


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_is_applied_and_the_others_are_told():
    report = IncidentReportFactory()
    clients = [Client() for _ in range(AT_ONCE)]
    for client in clients:
        client.force_login(grant(Role.DUTY_OFFICER))
    data = sent(clients[0].get(url("update", report)))
    start = Barrier(AT_ONCE if connection.vendor == "postgresql" else 1)

    def send(number):
        start.wait()
        own = data | {"narrative": [f"{number}人目の文"]}
        page = clients[number].post(url("update", report), own)
        connection.close()
        return number, page

    # Tests on SQLite run in memory, in one connection: there, one after the other.
    if connection.vendor == "postgresql":
        with ThreadPoolExecutor(AT_ONCE) as pool:
            pages = list(pool.map(send, range(AT_ONCE)))
    else:
        pages = [send(number) for number in range(AT_ONCE)]
    applied = [number for number, page in pages if page.status_code == 302]
    assert len(applied) == 1
    row = IncidentReport.objects.get(pk=report.pk)
    assert (row.narrative, row.version) == (f"{applied[0]}人目の文", 2)
    assert row.corrections.count() == 1
    for number, page in pages:
        if number not in applied:
            assert page.status_code == 409
            assert f"{number}人目の文" in page.text
