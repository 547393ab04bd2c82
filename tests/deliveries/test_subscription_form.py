"""Recording and changing a subscription."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from deliveries.forms import SubscriptionForm
from deliveries.models import FamilyLink, Subscription
from deliveries.subscribing import ask_to_confirm, confirm
from outbox.models import Mail
from tests.deliveries.factories import MORNING, SubscriptionFactory
from tests.municipalities.factories import MunicipalityFactory

URL = reverse("deliveries:subscription_create")
DAY = dt.date(2016, 5, 1)


def subscription_data(**changes):
    return {
        "member_number": "ｍ－１２３",
        "member_name": "見本 花子",
        "municipality": "見本市",
        "consent_on": "H28.4.1",
        "consent_form": "paper",
        "consent_by": "見本 太郎",
        "family_name": "架空 一郎",
        "email": "ichiro@example.jp",
        "started_on": "2016/4/1",
    } | changes


@pytest.fixture
def place(db):
    return MunicipalityFactory(name="見本市")


def test_coordinator_records_a_subscription_and_manager_may_not(
    coordinator, manager, place
):
    assert coordinator.post(URL, subscription_data()).status_code == 302
    subscription = Subscription.objects.get()
    assert subscription.member_number == "M-123"
    assert subscription.confirmed_on is None
    assert manager.post(URL, subscription_data()).status_code == 403


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"consent_on": ""}, "consent_on"),
        ({"consent_form": ""}, "consent_form"),
        ({"consent_by": ""}, "consent_by"),
        ({"consent_by": "見本\u202e太郎"}, "consent_by"),
        ({"consent_on": "2099/1/1", "started_on": "2099/1/1"}, "consent_on"),
        ({"started_on": "5/4/30"}, "started_on"),
        ({"municipality": "999999"}, "municipality"),
        ({"email": "a@example.jp, b@example.jp"}, "email"),
        ({"email": "ichiro@example.jp\u200b"}, "email"),
        ({"member_number": "山田"}, "member_number"),
        ({"member_name": "見本\u202e花子"}, "member_name"),
        ({"started_on": "2016/3/31"}, "started_on"),
    ],
)
def test_bad_input_is_explained_beside_its_field(coordinator, place, changes, field):
    page = coordinator.post(URL, subscription_data(**changes))
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("how", ["link", "one_click"])
def test_whoever_refused_is_written_to_again_only_if_they_asked_anew(
    coordinator, place, how
):
    SubscriptionFactory(
        member_number="M-123", confirmed_on=None, ended_on=DAY, ended_how=how
    )
    assert "asked_anew" not in coordinator.get(URL).context["form"].fields
    page = coordinator.post(URL, subscription_data(email="Ichiro@example.jp"))
    [message] = page.context["form"].errors["asked_anew"]
    assert "2016年5月1日" in message
    assert Subscription.objects.count() == 1
    assert 'name="asked_anew"' in page.text
    assert coordinator.post(URL, subscription_data(asked_anew="on")).status_code == 302
    assert Subscription.objects.count() == 2


@pytest.mark.parametrize(
    "other",
    [
        {"ended_how": "coop"},
        {"member_number": "M-124"},
        {"email": "jiro@example.jp"},
        {"confirmed_on": DAY},
    ],
)
def test_end_that_was_no_refusal_asks_nothing_more(coordinator, place, other):
    refusal = {"ended_on": DAY, "ended_how": "link", "confirmed_on": None}
    SubscriptionFactory(**{"member_number": "M-123"} | refusal | other)
    page = coordinator.post(URL, subscription_data(email=""))
    assert "asked_anew" not in page.context["form"].fields
    assert coordinator.post(URL, subscription_data()).status_code == 302


def test_address_gets_the_notices_of_a_member_once_while_open(coordinator, place):
    ended = SubscriptionFactory(member_number="M-123", ended_on=dt.date(2016, 5, 1))
    coordinator.post(URL, subscription_data())
    page = coordinator.post(URL, subscription_data(email="ICHIRO@example.jp"))
    assert page.context["form"].errors
    coordinator.post(URL, subscription_data(email="jiro@example.jp"))
    assert Subscription.objects.exclude(pk=ended.pk).count() == 2


def test_confirmed_address_is_not_changed_in_the_form(coordinator, place):
    subscription = SubscriptionFactory()
    url = reverse("deliveries:subscription_update", args=[subscription.pk])
    coordinator.post(url, subscription_data(email="other@example.jp"))
    subscription.refresh_from_db()
    assert subscription.email == "ichiro@example.jp"
    assert subscription.member_number == "M-123"


def test_recording_asks_the_family_to_confirm(coordinator, place):
    coordinator.post(URL, subscription_data())
    link = FamilyLink.objects.get()
    mail = Mail.objects.get()
    assert (mail.kind, mail.reference) == ("deliveries.confirmation", str(link.pk))


def test_unconfirmed_address_may_be_corrected_and_is_asked_anew(coordinator, place):
    """Whoever has the link to the wrong address cannot confirm the right one."""
    subscription = SubscriptionFactory(confirmed_on=None)
    old = ask_to_confirm(subscription=subscription, at=timezone.now())
    url = reverse("deliveries:subscription_update", args=[subscription.pk])
    coordinator.post(url, subscription_data(email="other@example.jp"))
    subscription.refresh_from_db()
    assert subscription.email == "other@example.jp"
    old.refresh_from_db()
    assert old.expires_at <= timezone.now()
    assert Mail.objects.filter(state="waiting").count() == 1
    assert Mail.objects.count() == 2


def test_corrected_address_stays_on_hold_until_it_is_released(coordinator, place):
    """One that our server refused, or that was stored before today's rules."""
    row = SubscriptionFactory(
        email="ichiro@exam ple",
        confirmed_on=None,
        held_since=MORNING,
        held_for="bounced",
    )
    url = reverse("deliveries:subscription_update", args=[row.pk])
    page = coordinator.post(url, subscription_data(), follow=True)
    row.refresh_from_db()
    assert (row.email, row.held_since) == ("ichiro@example.jp", MORNING)
    levels = [message.level_tag for message in page.context["messages"]]
    assert levels == ["success", "info", "warning"]
    link = FamilyLink.objects.get(subscription=row)
    confirm(link=link, at=timezone.now())
    row.refresh_from_db()
    assert row.is_held
    coordinator.post(reverse("deliveries:subscription_release", args=[row.pk]))
    row.refresh_from_db()
    assert not row.is_held


def test_other_changes_send_no_mail(coordinator, place):
    subscription = SubscriptionFactory(confirmed_on=None)
    url = reverse("deliveries:subscription_update", args=[subscription.pk])
    coordinator.post(url, subscription_data(family_name="架空 はる"))
    subscription.refresh_from_db()
    assert subscription.family_name == "架空 はる"
    assert Subscription.objects.filter(search_key__contains="はる").exists()
    assert not Mail.objects.exists()


def meanwhile(row, **changes):
    """Return a form that was filled in before something else happened to its row."""
    data = subscription_data(
        member_number=row.member_number,
        municipality=row.municipality.code,
        email="other@example.jp",
    )
    form = SubscriptionForm(data, instance=Subscription.objects.get(pk=row.pk))
    assert form.is_valid(), form.errors
    Subscription.objects.filter(pk=row.pk).update(**changes)
    return form


def test_family_that_stops_meanwhile_stays_stopped(place):
    row = SubscriptionFactory(confirmed_on=None, municipality=place)
    form = meanwhile(row, ended_on=dt.date(2016, 5, 1), ended_how="link")
    with pytest.raises(ValidationError):
        form.save()
    row.refresh_from_db()
    assert row.ended_on == dt.date(2016, 5, 1)


def test_pause_of_the_family_is_not_overwritten(place):
    row = SubscriptionFactory(confirmed_on=None, municipality=place)
    form = meanwhile(row, paused_until=dt.date(2099, 1, 1))
    form.save()
    row.refresh_from_db()
    assert (row.email, row.paused_until) == ("other@example.jp", dt.date(2099, 1, 1))


def test_address_confirmed_meanwhile_is_not_changed(place):
    row = SubscriptionFactory(confirmed_on=None, municipality=place)
    form = meanwhile(row, confirmed_on=dt.date(2016, 4, 2))
    with pytest.raises(ValidationError):
        form.save()
    row.refresh_from_db()
    assert row.email == "ichiro@example.jp"
