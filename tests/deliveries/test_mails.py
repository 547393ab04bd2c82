"""Mails about deliveries, as the worker writes and sends them."""

import datetime as dt

import pytest
from django.urls import reverse

from deliveries.models import Notice, Subscription
from deliveries.services import queue_notices
from outbox.models import Mail
from outbox.worker import Sender
from tests.deliveries.factories import MORNING, NoticeFactory, SentNoticeFactory
from tests.smtp import mail_server

pytestmark = pytest.mark.django_db
NAMES = ("見本 花子", "架空 一郎", "ichiro", "花子", "一郎")


def queued(at=MORNING, **attributes):
    """Return a notice that waits in the queue."""
    notice = NoticeFactory(**attributes)
    queue_notices([notice], at)
    return notice


def send(at=MORNING, **options):
    return dict(Sender(now=lambda: at).run(**options))


def only_notice():
    return Notice.objects.get()


@pytest.mark.parametrize(
    "address",
    ["ichiro@example.jp", "a..b@docomo.ne.jp", ".a@ezweb.ne.jp", "a.@docomo.ne.jp"],
)
def test_due_notice_arrives_with_its_message_id(settings, address):
    notice = queued(subscription__email=address)
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
    assert (notice.state, notice.sent_at) == ("sent", MORNING)


def test_nothing_is_sent_twice(sent):
    queued()
    SentNoticeFactory()
    assert send() == {"sent": 1}
    assert send() == {}
    assert len(sent) == 1


def test_subject_names_nobody_and_text_says_when_and_how(sent):
    queued(delivery__status="left")
    send()
    [(_recipients, message)] = sent
    assert not any(name in message["Subject"] for name in NAMES)
    for kind in ("plain", "html"):
        body = message.get_body([kind]).get_content()
        assert "見本 花子" in body
        assert "10:05" in body
        assert "119" in body


def test_name_is_plain_in_the_text_and_escaped_in_html(sent):
    queued(subscription__member_name="<b>A&B</b>")
    send()
    [(_recipients, message)] = sent
    assert "<b>A&B</b>" in message.get_body(["plain"]).get_content()
    assert "&lt;b&gt;A&amp;B" in message.get_body(["html"]).get_content()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"ended_on": dt.date(2016, 10, 3), "ended_how": "link"}, "ended"),
        ({"paused_until": dt.date(2016, 10, 3)}, "paused"),
        ({"confirmed_on": None}, "unconfirmed"),
        ({"held_since": MORNING, "held_for": "bounced"}, "held"),
    ],
)
def test_consent_pause_and_hold_are_read_again_before_the_mail(sent, change, reason):
    queued()
    Subscription.objects.update(**change)
    assert send() == {"withheld": 1}
    assert only_notice().cancelled_for == reason
    assert not sent


def test_address_is_read_again_before_the_mail(sent):
    queued()
    Subscription.objects.update(email="new@example.jp")
    send()
    [(recipients, _message)] = sent
    assert recipients == ["new@example.jp"]


def test_stale_news_is_not_sent(sent):
    queued()
    assert send(MORNING + dt.timedelta(hours=18)) == {"expired": 1}
    assert only_notice().cancelled_for == "stale"
    assert not sent


def test_mail_that_is_due_at_night_waits_for_the_morning(sent):
    """The news of an evening, 20:50 in Japan, is queued at 21:00."""
    evening = dt.datetime(2016, 10, 3, 12, 0, tzinfo=dt.UTC)
    notice = queued(evening, delivery__delivered_at=dt.time(20, 50))
    morning = dt.datetime(2016, 10, 3, 22, 0, tzinfo=dt.UTC)
    assert Mail.objects.get(key=notice.key).due_at == morning
    assert send(morning - dt.timedelta(minutes=1)) == {}
    assert send(morning) == {"sent": 1}


def test_mail_that_a_late_worker_finds_at_night_is_put_off(sent):
    evening = dt.datetime(2016, 10, 3, 11, 59, tzinfo=dt.UTC)
    queued(evening, delivery__delivered_at=dt.time(20, 50))
    assert send(evening + dt.timedelta(minutes=1)) == {"waiting": 1}
    assert not sent
    assert send(evening + dt.timedelta(hours=10, minutes=1)) == {"sent": 1}


def test_refusal_for_good_is_noted_as_failed(settings):
    queued()
    with mail_server(settings, answer=550):
        assert send() == {"parked": 1}
    assert only_notice().state == "failed"


def test_refusal_for_now_leaves_the_notice_waiting(settings):
    queued()
    with mail_server(settings, answer=451):
        assert send() == {"waiting": 1}
    assert only_notice().state == "waiting"


def test_mail_withheld_by_an_administrator_says_so(administrator, sent):
    notice = queued()
    mail = Mail.objects.get()
    data = {"action": "withhold", "_selected_action": [mail.pk]}
    administrator.post(reverse("admin:outbox_mail_changelist"), data)
    notice.refresh_from_db()
    assert (notice.state, notice.cancelled_for) == ("cancelled", "by_hand")
    assert send() == {}
