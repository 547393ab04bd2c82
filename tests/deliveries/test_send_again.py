"""Letting a failed mail go once more, while its news is news."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from deliveries.models import Notice
from deliveries.services import queue_notices, send_again
from outbox.models import Mail
from outbox.worker import Sender
from tests.deliveries.factories import (
    MORNING,
    DeliveryFactory,
    NoticeFactory,
    SubscriptionFactory,
)
from tests.smtp import mail_server

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def send(at):
    return dict(Sender(now=lambda: at).run())


@pytest.fixture
def failed(settings):
    """A notice whose mail was refused for good."""
    notice = NoticeFactory()
    queue_notices([notice], MORNING)
    transport = settings.OUTBOX_TRANSPORT
    with mail_server(settings, answer=550):
        assert send(MORNING) == {"parked": 1}
    settings.EMAIL_BACKEND = "outbox.backend.EmailBackend"
    settings.OUTBOX_TRANSPORT = transport
    notice.subscription.refresh_from_db()
    notice.subscription.held_since, notice.subscription.held_for = None, ""
    notice.subscription.save()
    return notice


def test_failed_mail_goes_out_once_more_under_its_message_id(failed, sent):
    assert send_again(notice=failed, at=MORNING + HOUR).state == "waiting"
    assert send(MORNING + HOUR) == {"sent": 1}
    [(_recipients, message)] = sent
    assert message["Message-ID"] == failed.message_id
    failed.refresh_from_db()
    assert failed.state == "sent"


def test_mail_whose_row_is_gone_is_queued_anew(failed, sent):
    Mail.objects.all().delete()
    send_again(notice=failed, at=MORNING + HOUR)
    assert send(MORNING + HOUR) == {"sent": 1}


@pytest.mark.parametrize(
    "at",
    [
        MORNING + dt.timedelta(hours=18),
        # At 21:30 it would have to wait until seven, and be too old by then.
        MORNING + dt.timedelta(hours=11),
    ],
)
def test_old_news_is_not_sent_again(failed, at):
    with pytest.raises(ValidationError) as refused:
        send_again(notice=failed, at=at)
    assert refused.value.code == "stale"
    failed.refresh_from_db()
    assert failed.state == "failed"


def test_delivery_taken_back_is_not_told_again(failed):
    failed.delivery.undone_at, failed.delivery.undone_by = (
        MORNING,
        (failed.delivery.recorded_by),
    )
    failed.delivery.save()
    with pytest.raises(ValidationError) as refused:
        send_again(notice=failed, at=MORNING + HOUR)
    assert refused.value.code == "undone"


def test_family_that_stopped_gets_nothing_again(failed):
    failed.subscription.ended_on, failed.subscription.ended_how = MORNING, "link"
    failed.subscription.save()
    with pytest.raises(ValidationError) as refused:
        send_again(notice=failed, at=MORNING + HOUR)
    assert refused.value.code == "ended"


def test_address_on_hold_is_released_first(failed):
    failed.subscription.held_since, failed.subscription.held_for = MORNING, "bounced"
    failed.subscription.save()
    with pytest.raises(ValidationError) as refused:
        send_again(notice=failed, at=MORNING + HOUR)
    assert refused.value.code == "held"


def test_family_gets_it_at_the_address_that_took_the_old_ones_place(failed, sent):
    old = failed.subscription
    old.ended_on, old.ended_how = MORNING, "address"
    old.save()
    new = SubscriptionFactory(
        member_number=old.member_number, email="new@example.jp", replaces=old
    )
    assert send_again(notice=failed, at=MORNING + HOUR).subscription == new
    send(MORNING + HOUR)
    [(recipients, _message)] = sent
    assert recipients == ["new@example.jp"]


@pytest.mark.parametrize("state", ["waiting", "sent", "cancelled"])
def test_other_mails_stay_as_they_are(state, sent):
    notice = NoticeFactory(
        state=state,
        sent_at=MORNING if state == "sent" else None,
        cancelled_for="ended" if state == "cancelled" else "",
    )
    assert send_again(notice=notice, at=MORNING + HOUR).state == state
    assert not Mail.objects.exists()


def test_page_says_why_an_old_mail_is_not_sent_again(coordinator):
    old = NoticeFactory(state="failed")
    response = coordinator.post(reverse("deliveries:notice_retry", args=[old.pk]))
    assert response.url == old.subscription.get_absolute_url()
    assert coordinator.get(response.url).context["messages"]
    assert Notice.objects.get().state == "failed"


def test_page_queues_a_fresh_one(coordinator, settings):
    settings.DELIVERIES_QUIET_HOURS = "00:00-00:00"
    now = timezone.localtime()
    delivery = DeliveryFactory(delivered_on=now.date(), delivered_at=now.time())
    fresh = NoticeFactory(state="failed", delivery=delivery)
    coordinator.post(reverse("deliveries:notice_retry", args=[fresh.pk]))
    assert Notice.objects.get().state == "waiting"
    assert Mail.objects.get().key == fresh.key
