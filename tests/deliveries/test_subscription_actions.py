"""Asking to confirm, pause, resume, release, change of address, end: the pages."""

import datetime as dt

import pytest
from django.urls import reverse

from core import fiscal
from deliveries.models import FamilyLink, Notice, Subscription
from deliveries.services import queue_notices
from deliveries.views.subscriptions import GOING_OUT
from outbox.models import Mail
from tests.deliveries.factories import MORNING, NoticeFactory, SubscriptionFactory

SOON = fiscal.local_date() + dt.timedelta(days=30)


def act(client, action, row, **data):
    return client.post(reverse(f"deliveries:{action}", args=[row.pk]), data)


def told(response):
    return [str(message) for message in response.wsgi_request._messages]


def mails(kind):
    return Mail.objects.filter(kind=f"deliveries.{kind}", state="waiting").count()


def test_nobody_but_the_family_confirms(coordinator):
    row = SubscriptionFactory(confirmed_on=None)
    act(coordinator, "subscription_ask", row)
    row.refresh_from_db()
    assert row.confirmed_on is None
    assert mails("confirmation") == 1


def test_link_sent_again_takes_the_place_of_the_one_before(coordinator):
    row = SubscriptionFactory(confirmed_on=None)
    act(coordinator, "subscription_ask", row)
    act(coordinator, "subscription_ask", row)
    first, second = FamilyLink.objects.filter(purpose="confirm").order_by("pk")
    assert first.expires_at <= second.created_at < second.expires_at
    assert mails("confirmation") == 1


def test_confirmed_address_is_not_asked_again(coordinator):
    row = SubscriptionFactory()
    response = act(coordinator, "subscription_ask", row)
    assert told(response)
    assert mails("confirmation") == 0


def test_pause_and_resume(coordinator):
    row = SubscriptionFactory()
    act(coordinator, "subscription_pause", row, paused_until=f"{SOON:%Y/%m/%d}")
    row.refresh_from_db()
    assert row.paused_until == SOON
    act(coordinator, "subscription_resume", row)
    row.refresh_from_db()
    assert row.paused_until is None


@pytest.mark.parametrize("day", ["", "2016/4/1", "5/4/30", "2099/1/1"])
def test_pause_needs_a_day_within_a_year(coordinator, day):
    row = SubscriptionFactory()
    page = act(coordinator, "subscription_pause", row, paused_until=day)
    assert page.context["form"].errors["paused_until"]
    row.refresh_from_db()
    assert row.paused_until is None


def test_end_is_today_with_its_reason_and_withdraws_what_waits(coordinator):
    row = SubscriptionFactory()
    notice = NoticeFactory(subscription=row)
    queue_notices([notice], MORNING)
    act(coordinator, "subscription_end", row, end_reason="ご家族の希望")
    row.refresh_from_db()
    assert row.ended_on == fiscal.local_date()
    assert (row.ended_how, row.end_reason) == ("coop", "ご家族の希望")
    assert Mail.objects.get().state == "withheld"
    assert Notice.objects.get().cancelled_for == "ended"


def test_ended_subscription_is_not_paused_ended_again_or_given_an_address(coordinator):
    row = SubscriptionFactory(ended_on=dt.date(2016, 5, 1))
    for action, data in (
        ("subscription_pause", {"paused_until": f"{SOON:%Y/%m/%d}"}),
        ("subscription_address", {"email": "new@example.jp"}),
        ("subscription_end", {}),
    ):
        assert act(coordinator, action, row, **data).status_code == 404
        url = reverse(f"deliveries:{action}", args=[row.pk])
        assert coordinator.get(url).status_code == 404
    assert act(coordinator, "subscription_ask", row).status_code == 302
    row.refresh_from_db()
    assert row.ended_on == dt.date(2016, 5, 1)
    assert Subscription.objects.count() == 1


def test_new_address_waits_for_its_confirmation_beside_the_old_one(coordinator):
    old = SubscriptionFactory()
    response = act(coordinator, "subscription_address", old, email="new@example.jp")
    assert response.url == old.get_absolute_url()
    new = Subscription.objects.exclude(pk=old.pk).get()
    assert (new.email, new.confirmed_on, new.replaces) == ("new@example.jp", None, old)
    old.refresh_from_db()
    assert old.is_open
    page = coordinator.get(old.get_absolute_url())
    assert new.get_absolute_url() in page.text
    assert "n***@example.jp" in page.text


def test_address_that_gets_the_notices_already_is_refused(coordinator):
    old = SubscriptionFactory()
    SubscriptionFactory(member_number=old.member_number, email="new@example.jp")
    page = act(coordinator, "subscription_address", old, email="NEW@example.jp")
    assert page.context["form"].errors["email"]
    assert Subscription.objects.count() == 2


def test_address_on_hold_is_released(coordinator):
    row = SubscriptionFactory(held_since=MORNING, held_for="bounced")
    act(coordinator, "subscription_release", row)
    row.refresh_from_db()
    assert not row.is_held


def test_mail_on_its_way_is_told(coordinator, monkeypatch):
    """The wait for a mail that is going out may end without a certain answer."""
    monkeypatch.setattr("outbox.queue.wait_until_settled", lambda keys, seconds: False)
    for action, data in (
        ("subscription_pause", {"paused_until": f"{SOON:%Y/%m/%d}"}),
        ("subscription_end", {}),
    ):
        response = act(coordinator, action, SubscriptionFactory(), **data)
        assert str(GOING_OUT) in told(response)
