"""Recording a slip."""

import datetime as dt

import pytest
from django.urls import reverse

from mutualaid.models import Activity, Request
from tests.mutualaid.factories import (
    ActivityFactory,
    GroupFactory,
    MemberFactory,
    RequestFactory,
    TariffFactory,
)

URL = reverse("mutualaid:activity_create")


@pytest.fixture
def people(db):
    """A group with a tariff, a recipient and a helper."""
    TariffFactory()
    return (
        MemberFactory(number="C-1", name="見本 花子", kana="みほん はなこ"),
        MemberFactory(number="C-2", name="架空 太郎", kana="かくう たろう"),
    )


def slip_data(**changes):
    return {
        "done_on": "H29.3.20",
        "recipient": "C-1 見本 花子",
        "helper": "架空　太郎",
        "duration_minutes": "９０",
        "circumstance": "age",
        "service": "cleaning",
    } | changes


def test_coordinator_records_a_slip_and_manager_may_not(coordinator, manager, people):
    assert coordinator.post(URL, slip_data()).status_code == 302
    slip = Activity.objects.get()
    assert (slip.recipient, slip.helper) == people
    assert (slip.fiscal_year, slip.municipality) == (2016, people[0].municipality)
    assert (slip.fee_jpy, slip.helper_jpy, slip.office_jpy) == (1200, 1050, 150)
    assert slip.travel_jpy == 100
    assert manager.post(URL, slip_data()).status_code == 403


def test_fee_is_shown_after_saving(coordinator, people):
    page = coordinator.post(URL, slip_data(), follow=True)
    assert "1,200" in page.text


def test_from_and_to_make_the_minutes(coordinator, people):
    times = {"started_at": "９時３０分", "ended_at": "11:00", "duration_minutes": ""}
    coordinator.post(URL, slip_data(**times))
    assert Activity.objects.get().duration_minutes == 90


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"done_on": "2099/1/1"}, "done_on"),
        ({"done_on": "5/4/30"}, "done_on"),
        ({"done_on": "2012/4/1"}, "done_on"),
        ({"recipient": "C-9"}, "recipient"),
        ({"helper": ""}, "helper"),
        ({"helper": "C-1"}, "helper"),
        ({"duration_minutes": ""}, "duration_minutes"),
        ({"duration_minutes": "0"}, "duration_minutes"),
        ({"duration_minutes": "△90"}, "duration_minutes"),
        ({"duration_minutes": "1441"}, "duration_minutes"),
        ({"started_at": "9:00"}, "ended_at"),
        ({"started_at": "9:00", "ended_at": "8:00"}, "ended_at"),
        ({"started_at": "9:00", "ended_at": "10:00"}, "duration_minutes"),
        ({"service": "magic"}, "service"),
        ({"slip_number": "1\u202e2"}, "slip_number"),
    ],
)
def test_bad_input_is_explained_beside_its_field(coordinator, people, changes, field):
    page = coordinator.post(URL, slip_data(**changes))
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert not Activity.objects.exists()


def test_helper_of_another_group_is_refused(coordinator, people):
    group = GroupFactory(code="tokyo", name="プチトマトの会 東京")
    MemberFactory(number="T-1", group=group)
    page = coordinator.post(URL, slip_data(helper="T-1"))
    assert list(page.context["form"].errors) == ["helper"]


def test_member_who_had_left_is_refused(coordinator, people):
    MemberFactory(number="C-3", left_on=dt.date(2017, 3, 19))
    page = coordinator.post(URL, slip_data(helper="C-3"))
    assert list(page.context["form"].errors) == ["helper"]


def test_recipient_only_cannot_help(coordinator, people):
    MemberFactory(number="C-3", role="recipient")
    page = coordinator.post(URL, slip_data(helper="C-3"))
    assert list(page.context["form"].errors) == ["helper"]


def test_name_of_two_members_is_refused_with_their_numbers(coordinator, people):
    MemberFactory(number="C-3", name="架空 太郎")
    page = coordinator.post(URL, slip_data())
    assert "C-2、C-3" in page.context["form"].errors["helper"][0]


def test_paper_slip_is_recorded_once(coordinator, people):
    coordinator.post(URL, slip_data(slip_number="1234"))
    page = coordinator.post(URL, slip_data(slip_number="1234"))
    assert list(page.context["form"].errors) == ["slip_number"]
    assert Activity.objects.count() == 1


def test_slips_without_number_are_numbered_apart(coordinator, people):
    ActivityFactory(slip_number="A170320-2")
    coordinator.post(URL, slip_data())
    coordinator.post(URL, slip_data())
    numbers = set(Activity.objects.values_list("slip_number", flat=True))
    assert len(numbers) == 3


def test_request_fills_the_form_and_is_done_by_the_slip(coordinator, people):
    wish = RequestFactory(recipient=people[0], helper=people[1], state="matched")
    page = coordinator.get(URL, {"request": wish.pk})
    assert "C-1 見本 花子" in page.text
    coordinator.post(URL, slip_data(request=wish.pk))
    wish.refresh_from_db()
    assert wish.state == Request.State.DONE
    assert wish.activities.get().service == "cleaning"
    assert coordinator.get(URL, {"request": wish.pk}).status_code == 404
    assert coordinator.get(URL, {"request": "²"}).status_code == 404
