"""Django's e-mail backend of the project: a mail that is sent becomes a row.

The row is written in the transaction of whoever sends, so that what is taken back takes
its mails along. `outbox.worker` hands the rows to the mail server.
"""

import copy
import datetime as dt
import re
import uuid
from collections.abc import Sequence
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailAttachment, EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import sanitize_address
from django.utils import timezone

from core.text import INVISIBLE

from .kinds import Priority, Reference
from .models import Mail
from .transport import ReadyMail

# What an ordinary mail says is of no use a day later.
FRESH_FOR = dt.timedelta(days=1)
BATCH = 500
HEADER_NAME = re.compile(r"[!-9;-~]+")


class EmailBackend(BaseEmailBackend):
    """Queues mails instead of sending them."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write one row per mail, all with one statement per 500; return how many.

        A mail whose key, or whose own Message-ID, is queued already is not queued
        again. Raises ValueError for an address that is none, or that holds invisible
        characters or line breaks; then none is queued.
        """
        at = timezone.now()
        rows = [
            row_of(message, at) for message in email_messages if message.recipients()
        ]
        Mail.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
        return len(rows)


def new_message_id() -> str:
    """Return a Message-ID; the domain is that of the co-op's own address."""
    sender = bare_address(settings.DEFAULT_FROM_EMAIL)
    domain = sender.rpartition("@")[2]
    return f"<{uuid.uuid4().hex}@{domain}>"


def row_of(message: EmailMessage, at: dt.datetime) -> Mail:
    """Return the row of a mail, not saved. Raises ValueError for a bad address."""
    if isinstance(message, Reference):
        return Mail(
            key=message.key,
            kind=message.kind,
            reference=message.reference,
            message_id=message.message_id or new_message_id(),
            priority=message.priority,
            created_at=at,
            due_at=message.due_at or at,
            expires_at=message.expires_at or at + FRESH_FOR,
        )
    given = message.extra_headers.get("Message-ID", "")
    message_id = one_line(given) or new_message_id()
    envelope = compose(message, message_id)
    return Mail(
        message_id=message_id,
        priority=Priority.URGENT,
        sender=envelope.sender,
        recipients=envelope.recipients,
        content=envelope.content,
        created_at=at,
        due_at=at,
        expires_at=at + FRESH_FOR,
    )


def compose(message: EmailMessage, message_id: str) -> ReadyMail:
    """Return a mail as it goes over the wire, with its envelope.

    Line breaks and controls in header values become blanks. Raises ValueError for an
    address that is none or holds any: that one is not mended.
    """
    # What whoever sends holds in hands stays as it is.
    message = copy.copy(message)
    sender = bare_address(message.from_email)
    recipients = [bare_address(address) for address in message.recipients()]
    for address in message.reply_to:
        bare_address(address)
    message.subject = one_line(message.subject)
    message.body = (message.body or "").replace("\0", "")
    message.extra_headers = {
        _header_name(name): one_line(value)
        for name, value in message.extra_headers.items()
        # Django would show it to everybody.
        if name.lower() not in ("bcc", "message-id")
    } | {"Message-ID": message_id}
    message.attachments = [
        EmailAttachment(one_line(one.filename), one.content, one.mimetype)
        if isinstance(one, EmailAttachment) and one.filename
        else one
        for one in message.attachments
    ]
    written = message.message()
    # A long header would else begin with an empty line, at which some programs that
    # look for the way to stop mails give up.
    written.policy = written.policy.clone(max_line_length=998)
    content = written.as_bytes(linesep="\r\n")
    return ReadyMail(sender, list(dict.fromkeys(recipients)), content)


def bare_address(text: str) -> str:
    """Return the address in `text` without a name. Raises ValueError.

    What carriers once issued (`a..b@docomo.ne.jp`) is an address; two of them, or one
    with invisible characters, are not.
    """
    text = str(text)
    if INVISIBLE.search(text):
        raise ValueError("an address holds invisible characters")
    address = parseaddr(sanitize_address(text, "utf-8"))[1]
    # What is not ASCII before the @ was encoded as if it were a name.
    if "@" not in address or address.startswith("=?"):
        raise ValueError("this is no address")
    return address


def one_line(text: object) -> str:
    """Return the text of a header, with a blank for each control or line break."""
    return INVISIBLE.sub(" ", str(text)).strip()


def _header_name(name: str) -> str:
    if not HEADER_NAME.fullmatch(name):
        raise ValueError("this is no name of a header")
    return name
