"""The list and the page of subscriptions."""

import datetime as dt

import pytest
from auditlog.models import LogEntry
from django.urls import reverse

from accounts.models import AccessEntry
from deliveries.subscribing import ask_to_confirm
from deliveries.wording import delay_of
from tests.deliveries.factories import (
    MORNING,
    BounceFactory,
    DeliveryFactory,
    NoticeFactory,
    SentNoticeFactory,
    SubscriptionFactory,
)

URL = reverse("deliveries:subscription_list")


def count(client, **query):
    return client.get(URL, query).context["summary"]["count"]


def test_list_masks_names_and_addresses(manager, outsider):
    SubscriptionFactory()
    page = manager.get(URL).text
    assert "見***" in page
    assert "i***@example.jp" in page
    assert not any(text in page for text in ("見本 花子", "架空 一郎", "ichiro"))
    assert outsider.get(URL).status_code == 403


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_export_holds_no_names_and_addresses(manager, kind):
    SubscriptionFactory(member_number="M777")
    body = b"".join(manager.get(URL, {"export": kind}).streaming_content)
    assert b"ichiro" not in body
    if kind == "csv":
        text = body.decode("utf-8")
        assert "M777" in text
        assert not any(name in text for name in ("見本 花子", "架空 一郎", "***"))


def test_filters_of_the_list(manager):
    SubscriptionFactory(member_number="A1", ended_on=dt.date(2017, 3, 21))
    SubscriptionFactory(member_number="A2", confirmed_on=None)
    SubscriptionFactory(member_number="A3", paused_until=dt.date(2099, 1, 1))
    SubscriptionFactory(member_number="A4", member_name="架空 ハナコ")
    assert count(manager, on="2017-03-20") == 3
    assert count(manager, on="2017/3/21") == 2
    assert count(manager, state="ended") == 1
    assert count(manager, state="unconfirmed") == 1
    assert count(manager, state="open") == 2
    assert count(manager, paused="true") == 1
    assert count(manager, paused="false") == 3
    assert count(manager, q="ﾊﾅｺ") == 1
    assert count(manager, q="ａ２") == 1
    assert count(manager, prefecture="12") == 4


def test_list_finds_who_needs_attention_and_who_stopped(manager):
    ended = dt.date(2017, 3, 21)
    SubscriptionFactory(member_number="A1", held_since=MORNING, held_for="bounced")
    SubscriptionFactory(member_number="A2", ended_on=ended, ended_how="link")
    SubscriptionFactory(member_number="A3", ended_on=ended, ended_how="one_click")
    SubscriptionFactory(member_number="A4", ended_on=ended, ended_how="coop")
    SubscriptionFactory(
        member_number="A5",
        ended_on=ended,
        ended_how="coop",
        held_since=MORNING,
        held_for="complaint",
    )
    assert count(manager, state="held") == 1
    assert count(manager, state="stopped") == 2
    assert count(manager, state="ended") == 4


@pytest.mark.parametrize(
    ("attributes", "progress"),
    [
        ({}, "open"),
        ({"confirmed_on": None}, "unconfirmed"),
        ({"held_since": MORNING, "held_for": "bounced"}, "held"),
        ({"paused_until": dt.date(2099, 1, 1)}, "paused"),
        ({"paused_until": dt.date(2017, 1, 1)}, "open"),
        ({"paused_until": dt.date(2099, 1, 1), "confirmed_on": None}, "unconfirmed"),
        ({"ended_on": dt.date(2017, 1, 1), "confirmed_on": None}, "ended"),
    ],
)
def test_list_and_page_say_how_far_it_has_come(manager, attributes, progress):
    row = SubscriptionFactory(**attributes)
    page = manager.get(row.get_absolute_url())
    assert page.context["progress"] == progress
    label = str(page.context["progress"].label)
    if progress != "paused":
        assert label in page.text
    assert f">{label}</span>" in manager.get(URL).text


def test_page_names_other_families_masked_plans_bounces_and_the_link(coordinator):
    row = SubscriptionFactory(confirmed_on=None)
    SubscriptionFactory(member_number=row.member_number, email="jiro@example.jp")
    BounceFactory(subscription=row, code="5.1.1")
    ask_to_confirm(subscription=row, at=MORNING)
    page = coordinator.get(row.get_absolute_url())
    assert "j***@example.jp" in page.text
    assert "jiro" not in page.text
    assert "5.1.1" in page.text
    assert reverse("deliveries:subscription_ask", args=[row.pk]) in page.text
    assert page.context["asked"].expires_at == MORNING + dt.timedelta(days=7)


def test_page_offers_a_release_while_on_hold_only(coordinator, manager):
    row = SubscriptionFactory(held_since=MORNING, held_for="bounced")
    release = reverse("deliveries:subscription_release", args=[row.pk])
    assert release in coordinator.get(row.get_absolute_url()).text
    assert release not in manager.get(row.get_absolute_url()).text
    free = SubscriptionFactory()
    assert "/release/" not in coordinator.get(free.get_absolute_url()).text


def test_page_says_when_and_why_not_a_mail_was_sent(manager):
    notice = SentNoticeFactory(sent_at=MORNING + dt.timedelta(minutes=65))
    row = notice.subscription
    held = NoticeFactory(subscription=row, state="cancelled", cancelled_for="paused")
    page = manager.get(row.get_absolute_url())
    assert held.get_cancelled_for_display() in page.text
    assert delay_of(notice) in page.text
    assert delay_of(held) == "–"
    assert delay_of(notice) in manager.get(reverse("deliveries:notice_list")).text


def test_page_shows_all_and_is_logged(manager):
    notice = SentNoticeFactory()
    page = manager.get(notice.subscription.get_absolute_url())
    for text in ("見本 花子", "架空 一郎", "ichiro@example.jp"):
        assert text in page.text
    title = page.text.partition("<title>")[2].partition("</title>")[0]
    assert "花子" not in title
    entry = AccessEntry.objects.of(notice.subscription).get()
    assert (entry.user, entry.action) == (manager.user, "view")


def test_form_is_logged_before_it_is_shown(coordinator):
    row = SubscriptionFactory()
    coordinator.get(reverse("deliveries:subscription_update", args=[row.pk]))
    entry = AccessEntry.objects.of(row).get()
    assert (entry.user, entry.action) == (coordinator.user, "edit")


def test_export_is_logged_with_its_number_of_rows(manager):
    SubscriptionFactory.create_batch(3)
    manager.get(URL)
    b"".join(manager.get(URL, {"export": "csv"}).streaming_content)
    entry = AccessEntry.objects.get()
    assert (entry.user, entry.action, entry.row_count) == (manager.user, "export", 3)


def test_log_holds_no_personal_data(coordinator):
    SubscriptionFactory(end_reason="花子さんの希望").delete()
    entries = LogEntry.objects.filter(content_type__app_label="deliveries")
    assert entries.count() == 2
    for entry in entries:
        text = f"{entry.changes} {entry.object_repr}"
        assert not any(name in text for name in ("花子", "一郎", "ichiro", "太郎"))


def test_page_shows_the_deliveries_of_the_member_only(manager):
    row = SubscriptionFactory()
    DeliveryFactory(member_number=row.member_number)
    DeliveryFactory(member_number="OTHER")
    page = manager.get(row.get_absolute_url())
    assert len(page.context["deliveries"]) == 1


def test_query_counts_do_not_grow_with_rows(
    manager, django_assert_max_num_queries, django_assert_num_queries
):
    notice = SentNoticeFactory()
    url = notice.subscription.get_absolute_url()
    for address in (URL, url):
        with django_assert_max_num_queries(25) as few:
            manager.get(address)
        SubscriptionFactory.create_batch(20)
        for _ in range(20):
            SentNoticeFactory(subscription=notice.subscription)
        with django_assert_num_queries(len(few)):
            manager.get(address)
