"""Noting that a donation was sent, received and thanked for."""

import datetime as dt

import pytest
from django.urls import reverse

from tests.donations.factories import DonationFactory, SentDonationFactory


def post(client, step, donation, **data):
    return client.post(reverse(f"donations:donation_{step}", args=[donation.pk]), data)


def test_donation_goes_from_allocated_to_thanked(coordinator):
    donation = DonationFactory(allocated=10)
    post(coordinator, "send", donation, sent_on="2016/10/3", sent_quantity="8")
    post(coordinator, "receive", donation, received_on="H28.10.4")
    post(coordinator, "thank", donation, thanked_on="20161020")
    donation.refresh_from_db()
    assert donation.state == "thanked"
    assert (donation.sent_quantity, donation.received_on.day) == (8, 4)


def test_manager_may_look_but_not_note(manager):
    donation = DonationFactory(allocated=10)
    page = manager.get(donation.get_absolute_url())
    assert page.status_code == 200
    assert reverse("donations:donation_send", args=[donation.pk]) not in page.text
    answer = post(manager, "send", donation, sent_on="2016/10/3", sent_quantity="8")
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("allocated", "day", "quantity"),
    [
        (None, "2016/10/3", "8"),
        (10, "2016/10/3", "11"),
        (10, "2016/10/3", ""),
        (10, "", "8"),
        (10, "2099/1/1", "8"),
        (10, "10/3/2016", "8"),
    ],
)
def test_wrong_sending_is_explained(coordinator, allocated, day, quantity):
    donation = DonationFactory(allocated=allocated)
    page = post(coordinator, "send", donation, sent_on=day, sent_quantity=quantity)
    assert page.context["form"].errors
    donation.refresh_from_db()
    assert donation.sent_on is None


@pytest.mark.parametrize(
    ("step", "name"), [("receive", "received_on"), ("thank", "thanked_on")]
)
def test_nothing_comes_before_the_sending(coordinator, step, name):
    not_sent = DonationFactory(allocated=10)
    sent = SentDonationFactory(sent_on=dt.date(2016, 10, 3))
    for donation in (not_sent, sent):
        page = post(coordinator, step, donation, **{name: "2016/10/2"})
        assert page.context["form"].errors


def test_page_offers_the_next_steps_only(coordinator):
    wish = coordinator.get(DonationFactory().get_absolute_url())
    sent = coordinator.get(SentDonationFactory().get_absolute_url())
    assert "send_form" not in wish.context
    assert "receive_form" in sent.context
    assert "send_form" not in sent.context
