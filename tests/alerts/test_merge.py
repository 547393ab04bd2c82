"""Reports of one event count once; the officer's decisions leave a trace."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from alerts.duplicates import similar_context
from alerts.merging import merge, separate, take_back_distinction, tell_apart
from alerts.models import Distinction, IncidentReport
from dashboard.closing import close_year, finish
from tests.alerts.factories import FollowUpFactory, IncidentReportFactory, at

pytestmark = pytest.mark.django_db
NOW = at(2016, 10, 4, 12, 0)


@pytest.fixture
def pair():
    """Two reports of one place, from two workplaces, the first one first."""
    first = IncidentReportFactory()
    second = IncidentReportFactory(
        municipality=first.municipality, noticed_at=at(2016, 10, 3, 11, 0)
    )
    return first, second


def join(report, into, actor, version=None):
    version = report.version if version is None else version
    return merge(report=report, into=into, actor=actor, at=NOW, version=version)


def texts(report):
    return [entry.text for entry in report.follow_ups.all()]


def test_merged_reports_count_once_and_keep_both_histories(officer, pair):
    first, second = pair
    FollowUpFactory(report=second, text="家族に電話した。")
    assert join(second, first, officer.user) == first
    assert list(IncidentReport.objects.counted()) == [first]
    second.refresh_from_db()
    assert second.merged_into == first
    assert second.version == 2
    assert second.receipt_number in texts(first)[0]
    assert texts(second)[0] == "家族に電話した。"
    assert first.receipt_number in texts(second)[1]
    assert second.follow_ups.last().by == officer.user


def test_merged_report_does_not_wait_any_more(officer, pair):
    first, second = pair
    join(second, first, officer.user)
    assert list(IncidentReport.objects.waiting()) == [first]


def test_merging_into_a_continuation_goes_to_what_it_continues(officer, pair):
    first, second = pair
    third = IncidentReportFactory()
    join(second, first, officer.user)
    second.refresh_from_db()
    assert join(third, second, officer.user) == first
    third.refresh_from_db()
    assert third.merged_into == first


def test_continuations_move_along_so_that_there_are_no_chains(officer, pair):
    first, second = pair
    third = IncidentReportFactory()
    join(third, second, officer.user)
    join(second, first, officer.user)
    third.refresh_from_db()
    assert third.merged_into == first
    assert third.version == 3
    assert first.receipt_number in texts(third)[-1]


def test_what_was_passed_on_stays_the_one_that_counts(officer, pair):
    first, second = pair
    passed_on = IncidentReportFactory(is_passed_on=True)
    with pytest.raises(ValidationError) as error:
        join(passed_on, first, officer.user)
    assert passed_on.receipt_number in error.value.messages[0]
    assert not first.follow_ups.exists()
    assert join(first, passed_on, officer.user) == passed_on


def test_two_of_one_event_are_refused(officer, pair):
    first, second = pair
    join(second, first, officer.user)
    for one, other in ((first, second), (first, first), (second, first)):
        one.refresh_from_db()
        other.refresh_from_db()
        with pytest.raises(ValidationError):
            join(one, other, officer.user)
    assert first.follow_ups.count() == second.follow_ups.count() == 1


def test_merged_report_is_not_merged_elsewhere(officer, pair):
    first, second = pair
    join(second, first, officer.user)
    second.refresh_from_db()
    with pytest.raises(ValidationError) as error:
        join(second, IncidentReportFactory(), officer.user)
    assert error.value.code == "merged"


def test_report_changed_meanwhile_is_not_merged(officer, pair):
    first, second = pair
    with pytest.raises(ValidationError) as error:
        join(second, first, officer.user, version=0)
    assert error.value.code == "conflict"
    second.refresh_from_db()
    assert second.merged_into is None


def test_separating_lets_it_count_again_and_says_why(officer, pair):
    first, second = pair
    join(second, first, officer.user)
    second.refresh_from_db()
    stale = {"report": second, "actor": officer.user, "at": NOW, "reason": "別の人"}
    with pytest.raises(ValidationError):
        separate(**stale, version=1)
    separate(**stale, version=2)
    second.refresh_from_db()
    assert second.merged_into is None
    assert second.version == 3
    assert IncidentReport.objects.counted().count() == 2
    assert all("別の人" in texts(report)[-1] for report in pair)
    with pytest.raises(ValidationError):
        separate(**stale | {"report": second}, version=3)


def test_telling_apart_is_recorded_once_and_in_order(officer, pair):
    first, second = pair
    for _ in range(2):
        tell_apart(report=second, other=first, actor=officer.user, at=NOW)
    made = Distinction.objects.get()
    assert (made.first, made.second, made.by) == (first, second, officer.user)
    assert [len(texts(report)) for report in pair] == [1, 1]


def test_telling_apart_is_taken_back_with_a_reason(officer, pair):
    first, second = pair
    tell_apart(report=second, other=first, actor=officer.user, at=NOW)
    data = {"actor": officer.user, "at": NOW, "reason": "同じ部屋だった"}
    take_back_distinction(report=first, other=second, **data)
    assert not Distinction.objects.exists()
    assert all("同じ部屋だった" in texts(report)[-1] for report in pair)
    with pytest.raises(ValidationError):
        take_back_distinction(report=first, other=second, **data)


def test_one_event_is_not_told_apart(officer, pair):
    first, second = pair
    join(second, first, officer.user)
    second.refresh_from_db()
    with pytest.raises(ValidationError):
        tell_apart(report=first, other=second, actor=officer.user, at=NOW)


def test_merging_what_was_told_apart_takes_that_back(officer, pair):
    first, second = pair
    tell_apart(report=first, other=second, actor=officer.user, at=NOW)
    join(second, first, officer.user)
    assert not Distinction.objects.exists()


def post(client, name, report, **data):
    return client.post(reverse(f"alerts:report_{name}", args=[report.pk]), data)


def test_officer_merges_and_separates_by_button(officer, pair):
    first, second = pair
    answer = post(
        officer, "merge", second, other=first.receipt_number, version=second.version
    )
    assert answer.url == first.get_absolute_url()
    second.refresh_from_db()
    assert second.merged_into == first
    post(officer, "separate", second, reason="別の人", version=second.version)
    second.refresh_from_db()
    assert second.merged_into is None


def test_officer_tells_apart_and_takes_it_back_by_button(officer, pair):
    first, second = pair
    post(officer, "tell_apart", second, other=first.receipt_number)
    assert Distinction.objects.count() == 1
    post(officer, "not_apart", first, other=second.receipt_number, reason="")
    assert Distinction.objects.count() == 1
    post(officer, "not_apart", first, other=second.receipt_number, reason="同じ人")
    assert not Distinction.objects.exists()


@pytest.mark.parametrize("number", ["", "2016-999999", "abc", "2016-000000"])
def test_unknown_number_is_refused_in_words(officer, pair, number):
    _first, second = pair
    answer = post(officer, "merge", second, other=number, version=1)
    assert answer.url == second.get_absolute_url()
    second.refresh_from_db()
    assert second.merged_into is None


def test_officer_sees_similar_reports_and_what_was_decided(officer, pair):
    first, second = pair
    context = similar_context(report=first, user=officer.user)
    [one] = context["similar"]
    assert one.report == second
    tell_apart(report=first, other=second, actor=officer.user, at=NOW)
    context = similar_context(report=first, user=officer.user)
    assert context["similar"] == []
    assert list(context["apart"]) == [second]


def test_similar_event_is_shown_once(officer, pair):
    first, second = pair
    join(second, first, officer.user)
    third = IncidentReportFactory(municipality=first.municipality)
    context = similar_context(report=third, user=officer.user)
    assert [one.report for one in context["similar"]] == [first]


def test_staff_sees_continuations_of_the_own_workplace_only(staff, workplace, officer):
    main = IncidentReportFactory(workplace=workplace)
    own = IncidentReportFactory(workplace=workplace, merged_into=main)
    foreign = IncidentReportFactory(merged_into=main)
    context = similar_context(report=main, user=staff.user)
    assert list(context["continuations"]) == [own]
    assert "similar" not in context
    context = similar_context(report=own, user=staff.user)
    assert context["main"] == main
    main.workplace = foreign.workplace
    main.save()
    assert similar_context(report=own, user=staff.user)["main"] is None


def test_continuations_cost_the_same_for_one_and_many(
    officer, django_assert_num_queries
):
    main = IncidentReportFactory()
    for _ in range(5):
        IncidentReportFactory(municipality=main.municipality)
        one = IncidentReportFactory(merged_into=main)
        FollowUpFactory.create_batch(2, report=one)
    user = officer.user
    user.has_perm("alerts.view_incidentreport")
    with django_assert_num_queries(6):
        context = similar_context(report=main, user=user)
        list(context["apart"])
        for one in context["continuations"]:
            assert len(one.follow_ups.all()) == 2
            assert str(one.workplace)
            assert all(str(entry.by) for entry in one.follow_ups.all())


def test_pages_of_both_lead_to_each_other(officer, pair):
    first, second = pair
    page = officer.get(first.get_absolute_url()).text
    assert second.receipt_number in page
    assert reverse("alerts:report_tell_apart", args=[first.pk]) in page
    join(second, first, officer.user)
    for one, other in (pair, pair[::-1]):
        page = officer.get(one.get_absolute_url()).text
        assert other.get_absolute_url() in page
        assert reverse("alerts:report_tell_apart", args=[one.pk]) not in page
    page = officer.get(second.get_absolute_url()).text
    assert reverse("alerts:report_separate", args=[second.pk]) in page


def test_list_marks_continuations_and_finds_them(officer, pair):
    first, second = pair
    join(second, first, officer.user)
    address = reverse("alerts:report_list")
    page = officer.get(address, {"merged": "true"})
    assert [row.record for row in page.context["table"].rows] == [second]
    assert page.context["table"].rows[0].get_cell("is_continuation") != "–"
    page = officer.get(address, {"merged": "false"})
    assert [row.record for row in page.context["table"].rows] == [first]
    assert page.context["table"].rows[0].get_cell("is_continuation") == "–"
    page = officer.get(address, {"q": second.receipt_number})
    assert page.context["summary"]["count"] == 1


def test_closed_year_refuses_merging_in_words(officer, manager, pair):
    first, second = pair
    finish(close_year(year=2016, actor=manager.user, at=at(2018, 6, 1, 9, 0)))
    page = officer.post(
        reverse("alerts:report_merge", args=[second.pk]),
        {"other": first.receipt_number, "version": second.version},
        follow=True,
    )
    assert "2016" in "".join(str(message) for message in page.context["messages"])
    second.refresh_from_db()
    assert second.merged_into is None
    assert not first.follow_ups.exists()
