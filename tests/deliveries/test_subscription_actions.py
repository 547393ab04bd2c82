"""Confirm, pause, resume, change of address, end."""

import datetime as dt

import pytest
from django.urls import reverse

from core import fiscal
from deliveries.models import Notice, Subscription
from tests.deliveries.factories import NoticeFactory, SubscriptionFactory


def act(client, action, row, **data):
    return client.post(reverse(f"deliveries:{action}", args=[row.pk]), data)


def test_confirming_twice_keeps_the_first_day(coordinator):
    row = SubscriptionFactory(confirmed_on=None)
    act(coordinator, "subscription_confirm", row)
    row.refresh_from_db()
    assert row.confirmed_on == fiscal.local_date()
    Subscription.objects.update(confirmed_on=dt.date(2016, 4, 1))
    act(coordinator, "subscription_confirm", row)
    row.refresh_from_db()
    assert row.confirmed_on == dt.date(2016, 4, 1)


def test_pause_and_resume(coordinator):
    row = SubscriptionFactory()
    act(coordinator, "subscription_pause", row, paused_until="2099/1/31")
    row.refresh_from_db()
    assert row.paused_until == dt.date(2099, 1, 31)
    act(coordinator, "subscription_resume", row)
    row.refresh_from_db()
    assert row.paused_until is None


@pytest.mark.parametrize("day", ["", "2016/4/1", "5/4/30"])
def test_pause_needs_a_day_that_is_not_over(coordinator, day):
    row = SubscriptionFactory()
    page = act(coordinator, "subscription_pause", row, paused_until=day)
    assert page.context["form"].errors["paused_until"]


def test_end_is_today_and_a_second_end_keeps_the_day(coordinator):
    row = SubscriptionFactory()
    act(coordinator, "subscription_end", row, end_reason="ご家族の希望")
    row.refresh_from_db()
    assert row.ended_on == fiscal.local_date()
    Subscription.objects.update(ended_on=dt.date(2016, 5, 1))
    act(coordinator, "subscription_end", row)
    row.refresh_from_db()
    assert row.ended_on == dt.date(2016, 5, 1)


def test_ended_subscription_is_not_paused_or_given_an_address(coordinator):
    row = SubscriptionFactory(ended_on=dt.date(2016, 5, 1))
    for action, data in (
        ("subscription_pause", {"paused_until": "2099/1/31"}),
        ("subscription_address", {"email": "new@example.jp"}),
    ):
        assert act(coordinator, action, row, **data).status_code == 404
    act(coordinator, "subscription_confirm", SubscriptionFactory(ended_on=row.ended_on))
    assert Subscription.objects.count() == 2


def test_new_address_begins_anew_and_unconfirmed(coordinator):
    old = SubscriptionFactory(paused_until=dt.date(2099, 1, 31))
    response = act(coordinator, "subscription_address", old, email="new@example.jp")
    new = Subscription.objects.exclude(pk=old.pk).get()
    assert response.url == new.get_absolute_url()
    assert (new.email, new.confirmed_on) == ("new@example.jp", None)
    assert new.paused_until == dt.date(2099, 1, 31)
    old.refresh_from_db()
    assert (old.email, old.ended_on) == ("ichiro@example.jp", fiscal.local_date())


def test_address_that_gets_the_notices_already_is_refused(coordinator):
    old = SubscriptionFactory()
    SubscriptionFactory(member_number=old.member_number, email="new@example.jp")
    page = act(coordinator, "subscription_address", old, email="NEW@example.jp")
    assert page.context["form"].errors["email"]
    old.refresh_from_db()
    assert old.ended_on is None


def test_failed_notice_is_queued_again_and_a_sent_one_is_not(coordinator):
    failed = NoticeFactory(state="failed", attempts=5)
    cancelled = NoticeFactory(state="cancelled", cancelled_for="ended")
    act(coordinator, "notice_retry", failed)
    act(coordinator, "notice_retry", cancelled)
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == ("due", 0)
    assert Notice.objects.filter(state="cancelled").count() == 1
