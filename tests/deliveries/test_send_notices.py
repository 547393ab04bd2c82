"""Sending what is due, against a mail server on loopback."""

import datetime as dt
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command

from deliveries.models import Notice, Subscription
from deliveries.querysets import LEASE
from deliveries.services import send_due_notices
from tests.deliveries.factories import MORNING, NoticeFactory, SentNoticeFactory
from tests.smtp import mail_server

pytestmark = pytest.mark.django_db
NAMES = ("見本 花子", "架空 一郎", "ichiro")


def send(at=MORNING, **options):
    return send_due_notices(now=lambda: at, **options)


def only_notice():
    return Notice.objects.get()


@pytest.mark.parametrize(
    "address",
    ["ichiro@example.jp", "a..b@docomo.ne.jp", ".a@ezweb.ne.jp", "a.@docomo.ne.jp"],
)
def test_due_notice_arrives_with_its_message_id(settings, address):
    notice = NoticeFactory(subscription__email=address)
    with mail_server(settings) as server:
        assert send() == {"sent": 1}
    [received] = server.mails
    assert server.recipients == [f"<{address}>"]
    assert received["Message-ID"] == notice.message_id
    assert {part.get_content_type() for part in received.walk()} >= {
        "text/plain",
        "text/html",
    }
    notice.refresh_from_db()
    assert (notice.state, notice.sent_at, notice.attempts) == ("sent", MORNING, 1)


def test_nothing_is_sent_twice():
    NoticeFactory()
    SentNoticeFactory()
    assert send() == {"sent": 1}
    assert send() == {}
    assert len(mail.outbox) == 1


def test_subject_names_nobody_and_text_says_when_and_how():
    NoticeFactory(delivery__status="left")
    send()
    [message] = mail.outbox
    assert not any(name in message.subject for name in NAMES)
    for body in (message.body, message.alternatives[0].content):
        assert "見本 花子" in body
        assert "10:05" in body
        assert "119" in body


def test_name_is_plain_in_the_text_and_escaped_in_html():
    NoticeFactory(subscription__member_name="<b>A&B</b>")
    send()
    [message] = mail.outbox
    assert "<b>A&B</b>" in message.body
    assert "&lt;b&gt;A&amp;B" in message.alternatives[0].content


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"ended_on": dt.date(2016, 10, 3)}, "ended"),
        ({"paused_until": dt.date(2016, 10, 3)}, "paused"),
        ({"confirmed_on": None}, "unconfirmed"),
    ],
)
def test_consent_and_pause_are_read_again_before_the_mail(change, reason):
    NoticeFactory()
    Subscription.objects.update(**change)
    assert send() == {"cancelled": 1}
    assert only_notice().cancelled_for == reason
    assert not mail.outbox


def test_address_is_read_again_before_the_mail():
    NoticeFactory()
    Subscription.objects.update(email="new@example.jp")
    send()
    assert mail.outbox[0].to == ["new@example.jp"]


def test_stale_news_is_not_sent():
    NoticeFactory()
    assert send(MORNING + dt.timedelta(days=2)) == {"cancelled": 1}
    assert only_notice().cancelled_for == "stale"


def test_refused_mail_waits_longer_each_time_and_is_parked_after_five(settings):
    NoticeFactory()
    waits, at = [], MORNING
    with mail_server(settings, answer=451):
        for _ in range(4):
            assert send(at) == {"due": 1}
            waits.append((only_notice().due_at - at).total_seconds())
            at = only_notice().due_at
            assert send(at - dt.timedelta(seconds=1)) == {}
        assert send(at) == {"failed": 1}
        assert send(at + dt.timedelta(hours=1)) == {}
    assert waits == [10, 60, 360, 1800]
    assert only_notice().last_error == "SMTPRecipientsRefused 451"


def test_server_that_is_away_is_no_error_of_the_program(settings):
    NoticeFactory()
    with mail_server(settings):
        pass
    assert send() == {"due": 1}
    assert only_notice().last_error == "ConnectionRefusedError"


def test_notice_of_a_dead_worker_is_taken_over_after_its_lease():
    NoticeFactory(state="sending", claimed_at=MORNING, attempts=1)
    assert send(MORNING + LEASE) == {}
    assert send(MORNING + LEASE + dt.timedelta(seconds=1)) == {"sent": 1}
    assert only_notice().attempts == 2


def test_notice_that_kills_its_workers_is_parked():
    NoticeFactory(state="sending", claimed_at=MORNING, attempts=5)
    assert send(MORNING + 2 * LEASE) == {"failed": 1}
    assert not mail.outbox


def test_claimed_notice_is_left_to_its_worker():
    NoticeFactory(state="sending", claimed_at=MORNING)
    assert send() == {}


def test_command_prints_what_it_did_and_keeps_to_the_limit():
    NoticeFactory.create_batch(3)
    out = StringIO()
    today = dt.datetime.now(dt.UTC)
    Notice.objects.update(due_at=today, noticed_for=today.date())
    call_command("send_notices", limit=2, stdout=out)
    assert out.getvalue().startswith("sent 2,")
    assert Notice.objects.filter(state="due").count() == 1
