"""Django's e-mail backend of the project: a mail that is sent becomes a row.

The row is written in the transaction of whoever sends, so that what is taken back takes
its mails along. `outbox.worker` hands the rows to the mail server.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from core.text import INVISIBLE

from .kinds import Priority, Reference
from .models import Mail

# What an ordinary mail says is of no use a day later.
FRESH_FOR = dt.timedelta(days=1)
BATCH = 500


class EmailBackend(BaseEmailBackend):
    """Queues mails instead of sending them."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write one row per mail, all with one statement per 500; return how many.

        A mail whose key is queued already is not queued again. Raises ValueError for
        an address with invisible characters or line breaks; then none is queued.
        """
        at = timezone.now()
        rows = [row_of(message, at) for message in email_messages]
        Mail.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
        return len(rows)


def new_message_id() -> str:
    """Return a Message-ID; the domain is that of the co-op's own address."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
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
    message_id = message.extra_headers.get("Message-ID") or new_message_id()
    recipients, content = compose(message, message_id)
    return Mail(
        message_id=message_id,
        priority=Priority.URGENT,
        sender=message.from_email,
        recipients=recipients,
        content=content,
        created_at=at,
        due_at=at,
        expires_at=at + FRESH_FOR,
    )


def compose(message: EmailMessage, message_id: str) -> tuple[list[str], bytes]:
    """Return envelope recipients and the message as it goes over the wire.

    Line breaks and controls in header values become blanks. Raises ValueError for an
    address that holds any: that one is not mended.
    """
    recipients = message.recipients()
    for address in [message.from_email, *recipients]:
        if INVISIBLE.search(address):
            raise ValueError("an address holds invisible characters")
    message.subject = INVISIBLE.sub(" ", str(message.subject)).strip()
    message.extra_headers = {
        name: INVISIBLE.sub(" ", str(value))
        for name, value in message.extra_headers.items()
    } | {"Message-ID": message_id}
    return recipients, message.message().as_bytes(linesep="\r\n")
