"""A mailbox into which anybody may write: it keeps nobody busy, and holds nobody."""

import re
import time

import pytest

from deliveries.bounces import read_mailbox
from deliveries.links import Purpose, new_link
from deliveries.models import Bounce, Subscription
from deliveries.returned_mails import reports_of
from tests.deliveries.factories import MORNING, SubscriptionFactory

HEAD = b"From: MAILER-DAEMON@mx.example\nContent-Type: text/plain\n\n550 user unknown\n"
REPORT = (
    b"From: MAILER-DAEMON@mx.example\n"
    b"Content-Type: multipart/report; boundary=x\n\n"
    b"--x\nContent-Type: message/delivery-status\n\n"
)
STATUS = b"Content-Type: message/delivery-status\n\n"
BLOCK = b"Final-Recipient: rfc822; a@example.jp\nAction: failed\nStatus: 5.1.1\n\n"
NESTED = b"".join(
    b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n)
    for n in range(150)
)
# Generous for a slow computer; each took minutes.
SECONDS = 5


@pytest.fixture
def box(tmp_path):
    """A mailbox file; call it with the mail in it."""

    def write(raw):
        path = tmp_path / "bounces.mbox"
        path.write_bytes(b"From MAILER-DAEMON Mon Oct  3 10:00:00 2016\n" + raw)
        return path

    return write


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b"a" * 100_000,
        HEAD + b"\n" * 100_000,
        HEAD + b">\n" * 50_000,
        HEAD + b'"' * 100_000,
        HEAD + b"a@" + b"a." * 50_000,
        HEAD + b"Message-Id:" + b" " * 100_000,
        b"From: mailer-daemon@mx.example\n" + NESTED + b"\n" * 400_000,
        b"From: mailer-daemon@mx.example\n" + b"Content-Type: message/rfc822\n\n" * 90,
        b"X: 1\n" * 150_000 + HEAD,
        STATUS + b"\n" * 900_000,
        STATUS + b"\r\n" * 450_000,
        STATUS + b"a\n\n" * 300_000,
        b"Content-Type: text/plain; " + b"a*0*=x;" * 140_000 + b"\n" + HEAD,
    ],
    ids=range(13),
)
def test_no_text_keeps_the_reader_busy(raw):
    since = time.monotonic()
    reports_of(raw)
    assert time.monotonic() - since < SECONDS


def test_of_countless_recipients_and_reports_the_first_are_looked_up():
    many = b" ".join(b"a%d@example.jp" % n for n in range(5000))
    [report] = reports_of(HEAD + many)
    assert len(report.recipients) == 20
    assert len(reports_of(REPORT + BLOCK * 5000 + b"--x--\n")) == 50


def test_address_is_found_beside_japanese():
    [report] = reports_of(HEAD + "宛先a..b@docomo.ne.jpは存在しません".encode())
    assert report.recipients == ("a..b@docomo.ne.jp",)


@pytest.mark.django_db
def test_report_without_message_id_holds_no_address_that_works(box):
    works = SubscriptionFactory(member_number="M1")
    waits = SubscriptionFactory(member_number="M2", confirmed_on=None)
    new_link(waits, Purpose.CONFIRM, MORNING)
    raw = REPORT + BLOCK.replace(b"a@example.jp", works.email.encode()) + b"--x--\n"
    read_mailbox(box(raw), MORNING)
    held = Subscription.objects.filter(held_since__isnull=False)
    assert [row.pk for row in held] == [waits.pk]
    assert Bounce.objects.get().subscription == waits


@pytest.mark.django_db
def test_names_and_texts_of_a_report_are_not_logged(box, caplog):
    read_mailbox(box(HEAD + "見本 花子 ichiro@example.jp".encode()), MORNING)
    assert not re.search("ichiro|花子", caplog.text)
