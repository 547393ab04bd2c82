"""The way out: one open connection to the mail server, or files.

`settings.OUTBOX_TRANSPORT` names the backend that EMAIL_URL chose. Over SMTP connecting
and every mail have a time limit as a whole (`settings.OUTBOX_MAIL_SECONDS`), however
slowly the server drips its answers: a lease is twice as long, so that a mail never goes
out by two workers.
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


# Who was refused, and with which answer.
Refused = dict[str, tuple[int, bytes]]


class _Answers:
    """Lines from the server; no wait for a byte is longer than the client's patience.

    A socket's own time-out begins anew with every byte.
    """

    def __init__(self, client: "_Deadline") -> None:
        self._client, self._got = client, b""

    def readline(self, limit: int) -> bytes:
        """Read a line, or what there is when the server hangs up."""
        while b"\n" not in self._got and len(self._got) < limit:
            self._client.be_patient()
            part = self._client.sock.recv(8192)
            if not part:
                break
            self._got += part
        end = self._got.find(b"\n", 0, limit) + 1 or limit
        line, self._got = self._got[:end], self._got[end:]
        return line

    def close(self) -> None:
        """Forget what was read."""
        self._got = b""


class _Deadline:
    """A client that connects, and hands over each mail, within a time limit."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.begin()
        super().__init__(*args, **kwargs)

    def begin(self) -> None:
        """Let the time of the next mail begin."""
        self._deadline = time.monotonic() + settings.OUTBOX_MAIL_SECONDS

    def be_patient(self) -> None:
        """Wait for the socket no longer than what is left. Raises TimeoutError."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the mail took too long")
        self.sock.settimeout(min(left, self.timeout))

    def send(self, s: bytes | str) -> None:
        """Send within what is left of the time."""
        if self.sock is not None:
            try:
                self.be_patient()
            except TimeoutError as error:
                self.close()
                raise smtplib.SMTPServerDisconnected(str(error)) from error
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        """Read an answer within what is left of the time."""
        if self.file is None and self.sock is not None:
            self.file = _Answers(self)
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
