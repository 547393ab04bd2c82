"""What is read from mails that come back; everything else says nothing."""

from pathlib import Path

import pytest

from deliveries.returned_mails import folded, reports_of

FOLDER = Path(__file__).parent / "bounces"
OURS = "<5f2a@coop.example>"
ADDRESS = "ichiro@example.jp"


def mail(name, message_id=OURS, address=ADDRESS):
    """Return a mail of the folder, about one of ours."""
    text = (FOLDER / f"{name}.eml").read_text(encoding="utf-8")
    text = text.replace("@MESSAGE_ID@", message_id).replace("@ADDRESS@", address)
    return text.encode()


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("postfix", "permanent", "5.1.1"),
        ("exchange", "permanent", "5.1.10"),
        ("gmail", "permanent", "5.1.1"),
        ("docomo", "permanent", "550"),
        ("carrier_japanese", "permanent", ""),
        ("qmail", "permanent", "5.1.1"),
        ("sendmail_expired", "temporary", "4.4.7"),
        ("mailbox_full", "temporary", "5.2.2"),
        ("complaint", "complaint", ""),
    ],
)
def test_report_tells_mail_recipient_kind_and_code(name, kind, code):
    [report] = reports_of(mail(name))
    assert report.message_ids[0] == OURS
    assert ADDRESS in report.recipients
    assert (report.kind, report.code) == (kind, code)


def test_redacted_complaint_still_names_the_mail():
    [report] = reports_of(mail("complaint_redacted"))
    assert (report.message_ids[0], report.recipients) == (OURS, ())


@pytest.mark.parametrize(
    "name",
    [
        "delayed",
        "delayed_text",
        "vacation",
        "receipt",
        "relayed",
        "not_spam",
        "letter",
    ],
)
def test_what_says_nothing_about_an_address_is_no_report(name):
    assert reports_of(mail(name)) == []


def test_address_of_a_carrier_is_found_with_and_without_quotes():
    for written in ("a..b@docomo.ne.jp", '"a..b"@docomo.ne.jp', "A..B@DoCoMo.ne.jp"):
        [report] = reports_of(mail("docomo", address=written))
        assert "a..b@docomo.ne.jp" in {folded(one) for one in report.recipients}


def test_every_recipient_of_a_report_is_told_apart():
    second = "Final-Recipient: rfc822; b@example.jp\nAction: failed\nStatus: 4.2.1\n\n"
    raw = mail("postfix").replace(
        b"--88C1E2C0CF.1475458267/mail.coop.example\nContent-Description: Undelivered",
        second.encode()
        + b"--88C1E2C0CF.1475458267/mail.coop.example\nContent-Description: U",
    )
    one, other = reports_of(raw)
    assert (one.kind, other.kind) == ("permanent", "temporary")
    assert one.key != other.key


def test_report_is_known_again_when_its_mail_is():
    [first], [again] = (reports_of(mail("postfix")) for _time in range(2))
    [another] = reports_of(mail("postfix").replace(b"4F1A92C0D3@", b"4F1A92C0D4@"))
    assert first.key == again.key != another.key


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\x00\x00",
        b"\xff\xfe broken",
        b"Content-Type: multipart/report; boundary=\n\nx",
        b"Content-Type: message/delivery-status\n\nFinal-Recipient",
        b"Content-Type: message/delivery-status\n\n\nAction: failed\nStatus: 5",
        b"Content-Type: message/feedback-report\n\n\xe3\x81",
        b"From: MAILER-DAEMON\nContent-Type: text/plain; charset=no-such\n\n\xff",
        b"From: postmaster\nContent-Transfer-Encoding: base64\n\n===\x00",
        b"From: MAILER-DAEMON@x\nMessage-ID: <\x00\x01@x>\n\nUser unknown",
        b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\n" * 2000,
    ],
)
def test_broken_mails_raise_nothing(raw):
    for report in reports_of(raw):
        assert all("\x00" not in one for one in report.message_ids)


@pytest.mark.parametrize("end", range(0, 2600, 130))
def test_cut_mails_raise_nothing(end):
    for path in FOLDER.glob("*.eml"):
        reports_of(path.read_bytes()[:end])
