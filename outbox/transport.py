"""The way out: one open connection to the mail server, or files.

`settings.OUTBOX_TRANSPORT` names the backend that EMAIL_URL chose. Over SMTP connecting
and every mail have a time limit as a whole (`settings.OUTBOX_MAIL_SECONDS`), however
slowly the server drips its answers: a lease is twice as long, so that a mail never goes
out by two workers.
"""

import smtplib
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends import smtp
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from .client import Client, EncryptedClient


class ReadyMail(NamedTuple):
    """A mail of the queue: its envelope, and the message as it goes over the wire."""

    sender: str
    recipients: Sequence[str]
    content: bytes


# Who was refused, and with which answer.
Refused = dict[str, tuple[int, bytes]]


class SmtpBackend(smtp.EmailBackend):
    """Django's SMTP backend, with an end to each mail and the refused told apart."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """The client with a time limit."""
        return EncryptedClient if self.use_ssl else Client

    @property
    def is_open(self) -> bool:
        """Whether the client has not hung up after the last answer."""
        return self.connection is not None and self.connection.sock is not None

    def hand_over(self, mail: ReadyMail) -> Refused:
        """Hand one mail over; return the recipients that were refused beside others.

        Raises OSError (smtplib's errors are): nobody got it, as far as is known.
        """
        self.connection.begin()
        return self.connection.sendmail(*mail)

    def close(self) -> None:
        """Say goodbye, within the time of a mail."""
        if self.is_open:
            self.connection.begin()
        super().close()


class FileBackend(BaseEmailBackend):
    """One file per mail in `settings.EMAIL_FILE_PATH`, which mail programs open."""

    is_open = True

    def hand_over(self, mail: ReadyMail) -> Refused:
        """Write one file, whole or not at all. Raises OSError."""
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{timezone.localtime():%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:8]}"
        part = folder / f"{name}.part"
        part.write_bytes(mail.content)
        part.rename(folder / f"{name}.eml")
        return {}


def connect() -> Any:
    """Return an open connection. Raises OSError when the server is away."""
    connection = get_connection(settings.OUTBOX_TRANSPORT)
    connection.open()
    return connection
