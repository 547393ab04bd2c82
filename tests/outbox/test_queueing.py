"""A mail that is sent becomes a row, as it goes over the wire; nothing else does."""

import datetime as dt
from email import message_from_bytes, policy

import pytest
from django.core.mail import (
    EmailMessage,
    EmailMultiAlternatives,
    get_connection,
    send_mail,
)
from django.db import transaction

from outbox.kinds import Reference
from outbox.models import Mail
from tests.outbox.factories import KIND, MORNING

pytestmark = pytest.mark.django_db
# Every break and control that any reader of headers might take for the end of a line.
BREAKS = ["\n", "\r", "\r\n", "\0", "\t", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e"]
BREAKS += ["\x85", "\u2028", "\u2029", "\u200b", "\ufeff", "\u202e"]
INJECTED = "Bcc: thief@example.test"


def queued():
    """Return the only row, and its message as read from the wire."""
    row = Mail.objects.get()
    return row, message_from_bytes(bytes(row.content), policy=policy.default)


def refused(**options):
    message = EmailMessage("subject", "text", **{"to": ["a@example.test"]} | options)
    with pytest.raises(ValueError, match="."):
        message.send()
    return not Mail.objects.exists()


def test_mail_is_queued_whole_with_its_envelope():
    message = EmailMultiAlternatives(
        "お知らせ",
        "本文",
        "つながり <coop@example.test>",
        to=["見本 <a@example.test>"],
        cc=["c@example.test"],
        bcc=["blind@example.test", "a@example.test"],
        reply_to=["返信 <r@example.test>"],
    )
    message.attach_alternative("<p>本文</p>", "text/html")
    message.attach("表.csv", "a,b", "text/csv")
    assert message.send() == 1
    row, received = queued()
    assert row.sender == "coop@example.test"
    assert row.recipients == ["a@example.test", "c@example.test", "blind@example.test"]
    assert (row.priority, row.expires_at - row.created_at) == (0, dt.timedelta(days=1))
    assert received["Subject"] == "お知らせ"
    assert received["From"] == "つながり <coop@example.test>"
    assert received["Reply-To"] == "返信 <r@example.test>"
    assert received["Message-ID"] == row.message_id
    assert row.message_id.endswith("@example.test>")
    assert b"blind" not in bytes(row.content)
    assert {part.get_filename() for part in received.walk()} == {None, "表.csv"}
    assert b"\n" not in bytes(row.content).replace(b"\r\n", b"")


def test_message_id_that_is_given_is_kept_and_queued_once():
    headers = {"Message-ID": "<warning.1@example.test>"}
    for _ in range(2):
        EmailMessage("s", "t", to=["a@example.test"], headers=headers).send()
    row, received = queued()
    assert row.message_id == received["Message-ID"] == "<warning.1@example.test>"


def test_what_is_rolled_back_takes_its_mails_along():
    with transaction.atomic():
        send_mail("s", "t", None, ["a@example.test"])
        transaction.set_rollback(True)
    assert not Mail.objects.exists()


def test_reference_is_queued_once_per_key():
    for _ in range(2):
        mail = Reference(KIND, "7", key="k", due_at=MORNING, expires_at=MORNING)
        get_connection().send_messages([mail])
    row = Mail.objects.get()
    assert (row.kind, row.reference, row.due_at) == (KIND, "7", MORNING)
    assert row.message_id


def test_mail_to_nobody_is_not_queued():
    assert get_connection().send_messages([EmailMessage("s", "t")]) == 0
    assert not Mail.objects.exists()


@pytest.mark.parametrize("mark", BREAKS, ids=ascii)
def test_breaks_in_headers_become_blanks(mark):
    text = f"x{mark}{INJECTED}"
    message = EmailMessage(
        text,
        "text",
        to=["a@example.test"],
        headers={"X-Sample": text, "List-Unsubscribe": text, "Message-ID": text},
        attachments=[(text, b"1", "application/pdf")],
    )
    message.send()
    row, received = queued()
    names = [name.lower() for name, _value in received.items()]
    assert len(names) == len(set(names))
    assert "bcc" not in names
    assert row.recipients == ["a@example.test"]
    assert received["Subject"].split() == received["X-Sample"].split()
    assert message.subject == text
    for line in bytes(row.content).split(b"\r\n"):
        assert not line.lower().startswith(b"bcc")


@pytest.mark.parametrize("mark", BREAKS, ids=ascii)
@pytest.mark.parametrize("field", ["from_email", "to", "cc", "bcc", "reply_to"])
def test_breaks_in_names_and_addresses_are_refused(field, mark):
    for bad in (
        f"a@example.test{mark}{INJECTED}",
        f"a{mark}b@example.test",
        f"見本{mark}{INJECTED} <a@example.test>",
    ):
        assert refused(**{field: bad if field == "from_email" else [bad]})


@pytest.mark.parametrize(
    "bad",
    ["a@example.test, b@example.test", "a", "見本@example.test", "a@b@c.test"],
)
def test_what_is_no_address_is_refused(bad):
    assert refused(to=["c@example.test", bad])


def test_bad_mail_among_others_queues_none():
    good = EmailMessage("s", "t", to=["a@example.test"])
    bad = EmailMessage("s", "t", to=["a\n@example.test"])
    with pytest.raises(ValueError, match="invisible"):
        get_connection().send_messages([good, bad])
    assert not Mail.objects.exists()


@pytest.mark.parametrize("name", ["X-A\r\nBcc", "X A", "X:A", ""])
def test_name_of_a_header_is_one_word(name):
    assert refused(headers={name: "x"})


@pytest.mark.parametrize("name", ["Bcc", "BCC"])
def test_header_never_shows_who_gets_a_blind_copy(name):
    EmailMessage("s", "t", to=["a@example.test"], headers={name: "b@c.test"}).send()
    assert queued()[1]["Bcc"] is None


@pytest.mark.parametrize(
    "address", ["a..b@docomo.ne.jp", ".a@ezweb.ne.jp", "a.@docomo.ne.jp", "a@例え.jp"]
)
def test_addresses_of_carriers_and_of_our_alphabet_arrive(address):
    send_mail("s", "t", None, [address])
    row, _received = queued()
    assert row.recipients == [address.replace("例え", "xn--r8jz45g")]


def test_no_nul_reaches_the_wire():
    send_mail("s", "a\0b", None, ["a@example.test"])
    assert b"\0" not in bytes(queued()[0].content)
