"""The command that reads a mailbox file of mails that came back."""

import mailbox
import os
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from deliveries.models import Bounce, Subscription
from tests.deliveries.factories import SentNoticeFactory
from tests.deliveries.test_returned_mails import FOLDER, mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(tmp_path):
    """A mailbox file; call it with mails to add them."""
    path = tmp_path / "bounces.mbox"

    def add(*mails):
        made = mailbox.mbox(path)
        for raw in mails:
            made.add(raw)
        made.close()
        return path

    return add


def read(path):
    out = StringIO()
    call_command("read_bounces", path, stdout=out)
    names = ("read", "recorded", "known", "unknown", "skipped")
    numbers = [int(number) for number in re.findall(r"\d+", out.getvalue())]
    assert numbers[0] == sum(numbers[1:])
    return dict(zip(names, numbers, strict=True))


def about(name, notice):
    return mail(name, notice.message_id, notice.subscription.email)


NAMES = sorted(path.stem for path in FOLDER.glob("*.eml"))
REPORTS = {
    "carrier_japanese",
    "complaint",
    "complaint_redacted",
    "docomo",
    "exchange",
    "gmail",
    "mailbox_full",
    "postfix",
    "qmail",
    "sendmail_expired",
}


def test_mixed_box_is_read_once(box):
    mails = []
    for number, name in enumerate(NAMES):
        notice = SentNoticeFactory(
            subscription__email=f"f{number}@example.jp",
            subscription__member_number=f"N{number}",
        )
        mails.append(about(name, notice))
    path = box(*mails, mail("postfix").replace(b"4F1A9", b"5F1A9"))
    before = path.read_bytes()
    count = len(NAMES) + 1
    assert read(path) == {
        "read": count,
        "recorded": len(REPORTS),
        "known": 0,
        "unknown": 1,
        "skipped": count - len(REPORTS) - 1,
    }
    held = Subscription.objects.filter(held_since__isnull=False)
    # Those that came back for the time being go on.
    assert held.count() == len(REPORTS) - 2
    again = read(path)
    assert (again["recorded"], again["known"]) == (0, len(REPORTS))
    assert Bounce.objects.count() == len(REPORTS)
    assert path.read_bytes() == before


def test_carrier_with_two_dots_is_on_hold(box):
    notice = SentNoticeFactory(subscription__email="a..b@docomo.ne.jp")
    assert read(box(about("docomo", notice)))["recorded"] == 1
    notice.subscription.refresh_from_db()
    assert notice.subscription.is_held


def test_report_about_an_address_of_before_is_unknown(box):
    notice = SentNoticeFactory()
    path = box(mail("postfix", notice.message_id, "before@example.jp"))
    assert read(path)["unknown"] == 1
    assert not Bounce.objects.exists()


def test_report_that_fits_no_mail_stops_nobody(box):
    """Whoever knows an address can write a report about it."""
    notice = SentNoticeFactory()
    path = box(mail("postfix", "<made-up@coop.example>", notice.subscription.email))
    assert read(path)["unknown"] == 1
    notice.subscription.refresh_from_db()
    assert not notice.subscription.is_held


def test_hostile_mails_are_skipped_and_the_next_one_is_read(box):
    notice = SentNoticeFactory()
    bad = [
        b"From: MAILER-DAEMON@x\nMessage-ID: <\x00@x>\n\nUser unknown \x00 \xff <\x00>",
        b"Content-Type: multipart/report; boundary=\n\nx",
        b"Content-Type: message/delivery-status\n\n\nStatus: \xff",
        b"\x00" * 1000,
        b"From: MAILER-DAEMON@x\n\nUser unknown\nMessage-ID: <\xf0\x9f@\xff>",
    ]
    found = read(box(*bad, about("postfix", notice)))
    assert (found["read"], found["recorded"]) == (len(bad) + 1, 1)


def test_nothing_of_the_text_is_printed_or_logged(box, caplog, capsys):
    notice = SentNoticeFactory(subscription__email="secret@example.jp")
    call_command("read_bounces", box(*(about(name, notice) for name in NAMES)))
    said = caplog.text + "".join(capsys.readouterr())
    assert "secret" not in said
    assert "User unknown" not in said


def test_long_mail_is_read_from_its_beginning(box):
    notice = SentNoticeFactory()
    path = box(about("postfix", notice).replace(b"\ntext\n", b"\n" + b"x\n" * 900_000))
    assert read(path)["recorded"] == 1


def test_missing_or_locked_file_is_told(box, tmp_path):
    with pytest.raises(CommandError, match="no mailbox"):
        read(tmp_path / "missing.mbox")
    path = box(mail("postfix"))
    (tmp_path / "bounces.mbox.lock").touch()
    with pytest.raises(CommandError, match="in use"):
        read(path)


def test_lock_of_somebody_killed_is_waited_out(box, tmp_path):
    path = box(mail("postfix"))
    lock = tmp_path / "bounces.mbox.lock"
    lock.touch()
    os.utime(lock, (0, 0))
    assert read(path)["read"] == 1
    assert not lock.exists()


def test_file_that_is_no_mailbox_holds_no_mails(tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(bytes(range(256)) * 50)
    assert read(path)["read"] == 0
