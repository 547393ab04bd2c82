"""Mails that come back, told apart from all else that lands in their mailbox.

Read are reports by RFC 3464 (delivery status) and RFC 5965 (marked as unwanted), and
the free texts of servers that keep to neither, such as those of Japanese carriers and
of qmail. Answers by absent people, read receipts, and news that a mail is merely late
say nothing about an address.
"""

import hashlib
import re
from collections.abc import Iterator
from email import message_from_bytes, message_from_string
from email.message import Message
from email.utils import getaddresses
from typing import NamedTuple

from .models import Bounce

Kind = Bounce.Kind
STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
REPLY = re.compile(r"(?<![\d.])([45]\d\d)(?=[ \-])(?! [KMG]?B)")
MESSAGE_ID = re.compile(r"<[^<>\s@]+@[^<>\s@]+>")
# Anybody may write such a mail: each search ends soon, whatever stands in it.
MESSAGE_ID_LINE = re.compile(r"(?im)^[> \t]{0,20}Message-Id:\s{0,20}(<[^<>\s]{1,320}>)")
ADDRESS = re.compile(
    r"(?<![\w.?/+\-])(?:\"[^\"\s@]{1,64}\"|[\w.?/+\-]{1,64})"
    r"@[A-Za-z0-9.\-]{1,253}\.[A-Za-z]{2,63}",
    re.ASCII,
)
# Full for now, although servers say 5: the address is right.
MAILBOX_FULL = "5.2.2"
# What servers write that send no report a machine could read.
SENDERS = re.compile(r"(?i)mailer-daemon|postmaster|mail delivery (?:sub)?system")
LATE = re.compile(
    r"(?i)will (?:be )?(?:keep trying|retr|continue|try)|still (?:being )?(?:retr|try)"
    r"|has(?: not yet)? been delayed|delivery (?:is )?delayed|再送を(?:続|試)|遅延"
)
FULL = re.compile(
    r"(?i)mailbox (?:is )?full|over ?quota|quota exceeded|容量|いっぱい|一杯"
)
GONE = re.compile(
    r"(?i)user unknown|unknown user|no such (?:user|recipient|address)|host unknown"
    r"|does(?: not|n't) exist|invalid (?:recipient|address|mailbox)|no mailbox here"
    r"|account (?:disabled|has been disabled)|宛先不明|存在しません|見つかりません"
    r"|ユーザー?不明"
)
UNWANTED = ("abuse", "fraud", "opt-out", "opt-out-list", "other", "virus")
# Of a longer mail the beginning is read: reports come before the mail they bring back.
LARGEST = 1_000_000
LONGEST_TEXT = 100_000
# No server's report has so many; whoever writes them wants to keep us busy.
MOST_BOUNDARIES = 40
MOST_BLANK_LINES = 20_000
LONGEST_FIELD = 2_000
MOST_REPORTS = 50
MOST_RECIPIENTS = 20


class Report(NamedTuple):
    """What a mail tells about a mail of ours.

    `message_ids` and `recipients` are what it may speak of, the surest first; they are
    not checked against anything yet. `key` is the same whenever the mail is read.
    """

    message_ids: tuple[str, ...]
    recipients: tuple[str, ...]
    kind: str
    code: str
    key: str


def reports_of(raw: bytes) -> list[Report]:
    """Return what a mail reports, one for each recipient; empty when it reports none.

    Never raises for anything that a mail may hold.
    """
    raw = raw[:LARGEST].replace(b"\r\n", b"\n")
    if (
        raw.lower().count(b"boundary") > MOST_BOUNDARIES
        or raw.count(b"\n\n") > MOST_BLANK_LINES
    ):
        return []
    message = message_from_bytes(raw)
    parts = list(message.walk())
    if any(len(str(part.get("Content-Type"))) > LONGEST_FIELD for part in parts):
        return []
    types = {part.get_content_type() for part in parts}
    if "message/feedback-report" in types:
        found = list(_complaints(parts))
    elif "message/delivery-status" in types:
        found = list(_failures(parts))
    elif _is_from_a_server(message) and not _is_an_answer(message):
        found = list(_free_text(parts))
    else:
        return []
    if not found:
        return []
    message_ids = tuple(_message_ids(message, parts))
    own = _text(message, "Message-ID").encode() or raw
    mark = hashlib.sha256(own).hexdigest()[:40]
    return [
        Report(
            message_ids, recipients[:MOST_RECIPIENTS], kind, code, f"{mark}:{number}"
        )
        for number, (recipients, kind, code) in enumerate(found[:MOST_REPORTS])
    ]


def folded(address: str) -> str:
    """Return an address as it is compared: small letters, no quotes or brackets."""
    local, at, domain = address.strip().strip("<>").rpartition("@")
    return (local.strip('"') + at + domain.rstrip(".")).lower()


Found = tuple[tuple[str, ...], str, str]


def _failures(parts: list[Message]) -> Iterator[Found]:
    """Yield the recipients of a delivery status that nothing reaches any more."""
    for part in parts:
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in part.get_payload() if part.is_multipart() else ():
            action = _text(block, "Action").lower()
            if action not in ("failed", "") or not _is_about_a_recipient(block):
                continue
            status = STATUS.search(_text(block, "Status"))
            code = status[0] if status else _code_in(_text(block, "Diagnostic-Code"))
            # Whoever does not say that it is over may only be late.
            if not action and not code.startswith("5"):
                continue
            names = ("Original-Recipient", "Final-Recipient", "X-Actual-Recipient")
            found = (_address_in(_text(block, name)) for name in names)
            yield tuple(filter(None, found)), _kind_of(code), code


def _is_about_a_recipient(block: Message) -> bool:
    return any(name in block for name in ("Final-Recipient", "Original-Recipient"))


def _complaints(parts: list[Message]) -> Iterator[Found]:
    """Yield what a mail service says was marked as unwanted by its reader."""
    for part in parts:
        if part.get_content_type() != "message/feedback-report":
            continue
        fields = part.get_payload(0) if part.is_multipart() else part.get_payload()
        if isinstance(fields, str):
            fields = message_from_string(fields)
        if _text(fields, "Feedback-Type").lower() in UNWANTED:
            told = fields.get_all("Original-Rcpt-To", [])
            recipients = [_address_in(str(one)) for one in told]
            recipients += _recipients_of_original(parts)
            yield tuple(filter(None, recipients)), Kind.COMPLAINT, ""


def _free_text(parts: list[Message]) -> Iterator[Found]:
    """Yield what a text for people says, when it says clearly that all is over."""
    text = "\n".join(_texts(parts))
    if LATE.search(text):
        return
    code = _code_in(text)
    if FULL.search(text):
        kind = Kind.TEMPORARY
    elif GONE.search(text) or code.startswith("5"):
        kind = _kind_of(code) if code.startswith("5") else Kind.PERMANENT
    elif code.startswith("4"):
        kind = Kind.TEMPORARY
    else:
        return
    recipients = _recipients_of_original(parts) + ADDRESS.findall(text)
    yield tuple(dict.fromkeys(recipients)), kind, code


def _is_from_a_server(message: Message) -> bool:
    return bool(
        SENDERS.search(_text(message, "From"))
        or _text(message, "Return-Path") == "<>"
        or "X-Failed-Recipients" in message
    )


def _is_an_answer(message: Message) -> bool:
    """Tell whether somebody's program answered, such as while they are away."""
    return (
        _text(message, "Auto-Submitted").lower().startswith("auto-replied")
        and not SENDERS.search(_text(message, "From"))
    ) or any(name in message for name in ("X-Autoreply", "X-Autorespond"))


def _message_ids(message: Message, parts: list[Message]) -> Iterator[str]:
    """Yield the Message-IDs that a report may speak of, the surest first, each once."""
    found: dict[str, None] = {}
    for original in _originals(parts):
        found |= dict.fromkeys(MESSAGE_ID.findall(_text(original, "Message-ID")))
    for part in parts:
        for name in ("Original-Message-ID", "X-Original-Message-ID"):
            found |= dict.fromkeys(MESSAGE_ID.findall(_text(part, name)))
    for text in _texts(parts):
        found |= dict.fromkeys(MESSAGE_ID_LINE.findall(text))
    for name in ("In-Reply-To", "References"):
        found |= dict.fromkeys(reversed(MESSAGE_ID.findall(_text(message, name))))
    yield from list(found)[:20]


def _originals(parts: list[Message]) -> Iterator[Message]:
    """Yield the mail that came back, or its headers."""
    for part in parts:
        kind = part.get_content_type()
        if kind in ("message/rfc822", "message/global"):
            if part.is_multipart():
                yield part.get_payload(0)
        elif kind in ("text/rfc822-headers", "message/rfc822-headers"):
            yield message_from_string(_content(part))


def _recipients_of_original(parts: list[Message]) -> list[str]:
    fields = [_text(original, "To") for original in _originals(parts)]
    return [address for _name, address in getaddresses(fields) if "@" in address]


def _texts(parts: list[Message]) -> list[str]:
    return [_content(part) for part in parts if part.get_content_type() == "text/plain"]


def _content(part: Message) -> str:
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    raw = raw[:LONGEST_TEXT]
    try:
        return raw.decode(part.get_content_charset() or "utf-8", errors="replace")
    except (LookupError, ValueError):
        return raw.decode("ascii", errors="replace")


def _text(part: Message, name: str) -> str:
    """Return a field in one line of ASCII, which everything looked for in it is."""
    value = str(part.get(name, "")).encode("ascii", errors="ignore").decode()
    return " ".join("".join(c for c in value if c.isprintable() or c == "\n").split())


def _address_in(field: str) -> str:
    """Return the address of a field such as `rfc822; a@example.jp`."""
    address = field.partition(";")[2].strip() if ";" in field else field.strip()
    return address if "@" in address else ""


def _code_in(text: str) -> str:
    """Return the enhanced status of a text, else the reply code, else nothing."""
    if found := STATUS.search(text):
        return found[0]
    found = REPLY.search(text)
    return found[1] if found else ""


def _kind_of(code: str) -> str:
    """Return what a code means; without a code only repeated trouble counts."""
    is_lasting = code.startswith("5") and code != MAILBOX_FULL
    return Kind.PERMANENT if is_lasting else Kind.TEMPORARY
