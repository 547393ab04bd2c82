"""The way out: one open connection to the mail server, or files.

`settings.OUTBOX_TRANSPORT` names the backend that EMAIL_URL chose. Over SMTP a mail has
a time limit as a whole (`settings.OUTBOX_MAIL_SECONDS`), however slowly the server
drips its answers: a lease is longer than that, so a mail never goes out by two workers.
"""

import smtplib
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends import smtp
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone


class ReadyMail(NamedTuple):
    """A mail of the queue: its envelope, and the message as it goes over the wire."""

    sender: str
    recipients: Sequence[str]
    content: bytes


class _Deadline:
    """A client whose every wait ends when the time of the mail is over."""

    deadline: float | None = None

    def getreply(self) -> tuple[int, bytes]:
        """Read an answer, and wait for it no longer than the mail may take."""
        if self.deadline is not None and self.sock is not None:
            left = self.deadline - time.monotonic()
            if left <= 0:
                self.close()
                raise smtplib.SMTPServerDisconnected("the mail took too long")
            self.sock.settimeout(min(left, self.timeout))
        return super().getreply()


class _Plain(_Deadline, smtplib.SMTP):
    pass


class _Encrypted(_Deadline, smtplib.SMTP_SSL):
    pass


class SmtpBackend(smtp.EmailBackend):
    """Django's SMTP backend, with an end to each mail and the refused told apart."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """The client with a time limit."""
        return _Encrypted if self.use_ssl else _Plain

    def hand_over(self, mail: ReadyMail) -> list[str]:
        """Hand one mail over; return the recipients that were refused beside others.

        Raises OSError (smtplib's errors are): nobody got it, as far as is known.
        """
        self.connection.deadline = time.monotonic() + settings.OUTBOX_MAIL_SECONDS
        try:
            refused = self.connection.sendmail(*mail)
        finally:
            self.connection.deadline = None
        return list(refused)


class FileBackend(BaseEmailBackend):
    """One file per mail in `settings.EMAIL_FILE_PATH`, which mail programs open."""

    def hand_over(self, mail: ReadyMail) -> list[str]:
        """Write one file, whole or not at all. Raises OSError."""
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{timezone.localtime():%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:8]}"
        part = folder / f"{name}.part"
        part.write_bytes(mail.content)
        part.rename(folder / f"{name}.eml")
        return []


def connect() -> Any:
    """Return an open connection. Raises OSError when the server is away."""
    connection = get_connection(settings.OUTBOX_TRANSPORT)
    connection.open()
    return connection
