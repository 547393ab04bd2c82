"""The SMTP client: with an end to each mail, in as few trips as the server allows."""

import re
import smtplib
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.conf import settings

LINE_BEGINS_WITH_DOT = re.compile(rb"^\.", re.MULTILINE)
HANGS_UP = 421
AWAITS_TEXT = 354
FORBIDDEN = frozenset("\r\n<>")
Reply = tuple[int, bytes]


class _Answers:
    """Lines from the server; no wait for a byte is longer than the client's patience.

    A socket's own time-out begins anew with every byte.
    """

    def __init__(self, client: "Deadline") -> None:
        self._client, self._got = client, b""

    def readline(self, limit: int) -> bytes:
        """Read a line, or what there is when the server hangs up."""
        while b"\n" not in self._got and len(self._got) < limit:
            self._client.be_patient(self._client.timeout)
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


class Deadline:
    """A client that connects, and hands over each mail, within a time limit."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.begin()
        super().__init__(*args, **kwargs)

    def begin(self) -> None:
        """Let the time of the next mail begin."""
        self._deadline = time.monotonic() + settings.OUTBOX_MAIL_SECONDS

    def be_patient(self, longest: float) -> None:
        """Wait for the socket no longer than what is left. Raises TimeoutError."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the mail took too long")
        self.sock.settimeout(min(left, longest))

    def send(self, s: bytes | str) -> None:
        """Send within what is left of the time."""
        if self.sock is not None:
            try:
                # A large text over a slow line takes all the time there is, whereas a
                # server that is silent for long is not waited for.
                self.be_patient(settings.OUTBOX_MAIL_SECONDS)
            except TimeoutError as error:
                self.close()
                raise smtplib.SMTPServerDisconnected(str(error)) from error
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        """Read an answer within what is left of the time."""
        if self.file is None and self.sock is not None:
            self.file = _Answers(self)
        return super().getreply()


class Pipelining(Deadline):
    """A client that says sender, recipients and DATA in one breath (RFC 2920).

    Four trips to the server become two. One that does not offer it is asked step by
    step, as smtplib does.
    """

    def sendmail(  # type: ignore[override]
        self, from_addr: str, to_addrs: Sequence[str], msg: bytes
    ) -> dict[str, Reply]:
        """Hand a mail over; return who was refused beside others. Raises as smtplib."""
        self.ehlo_or_helo_if_needed()
        if not self.has_extn("pipelining"):
            return super().sendmail(from_addr, to_addrs, msg)
        size = f" size={len(msg)}" if self.has_extn("size") else ""
        lines = [f"MAIL FROM:{_path(from_addr)}{size}"]
        lines += [f"RCPT TO:{_path(one)}" for one in to_addrs]
        self.send("\r\n".join([*lines, "DATA", ""]))
        self._hear_sender(from_addr, len(to_addrs))
        refused = self._hear_recipients(to_addrs)
        reply = self.getreply()
        if len(refused) == len(to_addrs):
            self._leave(reply[0])
            raise smtplib.SMTPRecipientsRefused(refused)
        if reply[0] == AWAITS_TEXT:
            text = LINE_BEGINS_WITH_DOT.sub(b"..", msg)
            self.send(text + (b"" if text.endswith(b"\r\n") else b"\r\n") + b".\r\n")
            reply = self.getreply()
        if reply[0] != 250:
            self._leave(reply[0])
            raise smtplib.SMTPDataError(*reply)
        return refused

    def _hear_sender(self, sender: str, count: int) -> None:
        reply = self.getreply()
        if reply[0] == 250:
            return
        last = reply
        with suppress(smtplib.SMTPServerDisconnected):
            # What was said in the same breath is answered all the same.
            for _ in range(0 if reply[0] == HANGS_UP else count + 1):
                last = self.getreply()
        self._leave(last[0])
        raise smtplib.SMTPSenderRefused(*reply, sender)

    def _hear_recipients(self, recipients: Sequence[str]) -> dict[str, Reply]:
        refused = {}
        for one in recipients:
            reply = self.getreply()
            if reply[0] not in (250, 251):
                refused[one] = reply
            if reply[0] == HANGS_UP:
                self.close()
                raise smtplib.SMTPRecipientsRefused(refused)
        return refused

    def _leave(self, code: int) -> None:
        """Begin anew. A server that awaits a text for nobody shall not get any."""
        if code in (HANGS_UP, AWAITS_TEXT):
            self.close()
        else:
            with suppress(smtplib.SMTPServerDisconnected):
                self.rset()


class Client(Pipelining, smtplib.SMTP):
    """The client for plain connections and STARTTLS."""


class EncryptedClient(Pipelining, smtplib.SMTP_SSL):
    """The client for connections that are encrypted from the start."""


def _path(address: str) -> str:
    """Return a bare address as commands want it. Raises ValueError for trickery."""
    if not FORBIDDEN.isdisjoint(address):
        raise ValueError("an address with a line break or angle brackets")
    return f"<{address}>"
