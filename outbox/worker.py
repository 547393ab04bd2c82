"""The worker: claims mails, hands each over, records what became of it.

Any number of workers on any number of hosts may run over PostgreSQL; SQLite has one
writer, so there a second one only waits. Between two mails stands one transaction: it
records the outcome of the one and marks the next as going out. What is killed at any
point leaves at most one mail in doubt, which goes out again under its Message-ID.
"""

import datetime as dt
import logging
import os
import smtplib
import socket
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.core.mail import EmailMessage
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from . import holding, transport
from .backend import compose
from .holding import BLANK, LOST, MAX_ATTEMPTS, Result
from .kinds import Outcome, Postponed, Withheld, registry
from .models import Mail, Worker
from .step import step

# At least twice what connecting or one mail may take, and short enough that the mails
# of a dead worker are out within half a minute.
LEASE = dt.timedelta(seconds=14)
BATCH = 200
# A worker claims what it sends in so many seconds at its pace: with slow mails, few
# wait for the lease of one that dies, and others soon see that it did.
BATCH_SECONDS = 1.0
FIRST_WAIT = dt.timedelta(seconds=10)
LONGEST_WAIT = dt.timedelta(minutes=30)
# How long to look away: when nothing is due, and from a mail server that is away.
IDLE_SECONDS = 1.0
AWAY_SECONDS = (1.0, 30.0)
PULSE = dt.timedelta(seconds=15)
KEEP = dt.timedelta(days=90)
FORGET_EVERY = dt.timedelta(hours=1)
REFUSED = smtplib.SMTPRecipientsRefused
# The server wants a name and password first: no mail is to blame.
WANTS_SIGN_IN = {530, 534, 535, 538}
HANGS_UP = 421
# So many mails in a row that the server does not take are no fault of theirs: it lacks
# room, or does not relay for us. Then one at a time is tried, and the others wait.
IN_A_ROW = 5
# What no second attempt mends: a bad address, a kind or a row that is gone.
FOR_GOOD = (ValueError, LookupError, MessageError, ObjectDoesNotExist)
logger = logging.getLogger(__name__)


class ServerAway(Exception):
    """The mail server cannot be reached, or takes no mail; no mail is to blame."""


@dataclass
class Sender:
    """One worker. `now` is its clock; `name` is on the rows it holds."""

    now: Callable[[], dt.datetime] = timezone.now
    name: str = field(default_factory=lambda: new_name())
    batch: int = BATCH
    # Seconds a mail takes, over the last few; a new worker feels its way.
    pace: float = BATCH_SECONDS / 5
    stop: threading.Event = field(default_factory=threading.Event)
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._server: Any = None
        # What is handed over (or not) and not recorded yet.
        self._done: tuple[Mail, Result] | None = None
        self._was_cut = False
        self._failed_in_a_row = 0
        self._renewed_at = self.now()
        self._pulsed_at: dt.datetime | None = None
        self._forgot_at: dt.datetime | None = None

    def run(self, limit: int | None = None) -> Counter[str]:
        """Send what is due, up to `limit`; return how many ended in which state.

        Raises ServerAway, after giving back what it held.
        """
        left = limit
        try:
            self._keep_house()
            while not self.stop.is_set() and left != 0:
                count = self._fitting()
                mails = self.claim(min(count, left or count))
                if not mails:
                    break
                count = self.send(mails)
                left = None if left is None else left - count
        finally:
            self._close()
        return self.counts

    def follow(self) -> None:
        """Send until `stop` is set. Trouble of server or database is waited out."""
        away, (first, longest) = 0.0, AWAY_SECONDS
        while not self.stop.is_set():
            wait = IDLE_SECONDS
            try:
                self._recover()
                self._keep_house()
                if mails := self.claim(self._fitting()):
                    self.send(mails)
                    wait = 0.0
                away = 0.0
            except ServerAway as error:
                away = wait = min(max(first, away * 2), longest)
                logger.warning("Mail server away (%s), next try in %d s", error, wait)
            except (DatabaseError, InterfaceError) as error:
                logger.warning("Database away (%s)", type(error).__name__)
                self._was_cut = True
                with suppress(DatabaseError, InterfaceError):
                    connection.close()
            if wait:
                self._close()
                self.stop.wait(wait)
        self._close()
        with suppress(DatabaseError, InterfaceError):
            self._recover()
            Worker.objects.filter(name=self.name).delete()

    def claim(self, count: int) -> list[Mail]:
        """Hold up to `count` due mails, the urgent and the longest due first."""
        at = self.now()
        mails = holding.claim(name=self.name, count=count, at=at, lease=LEASE)
        self._renewed_at = at
        return mails

    def send(self, mails: list[Mail]) -> int:
        """Send mails that are held; return how many were gone through.

        The rest is given back when `stop` is set, and when it took so long that others
        should help and urgent mails should come forward. Raises ServerAway, after
        giving back.
        """
        count, since, began = 0, self.now(), time.monotonic()
        try:
            for mail in mails:
                if not self._is_connected():
                    # Connecting may take as long as a mail; what is done is not lost.
                    self._advance(None)
                    self._connect()
                if self._advance(mail):
                    self._done = mail, self._attempt(mail)
                count += 1
                if self.stop.is_set() or self.now() - since > LEASE / 4:
                    break
        except ServerAway:
            self._advance(None)
            holding.give_back(self.name)
            raise
        self._advance(None)
        self.pace = (self.pace + (time.monotonic() - began) / max(count, 1)) / 2
        if count < len(mails):
            holding.give_back(self.name)
        return count

    def _fitting(self) -> int:
        """Return how many mails to claim at this pace."""
        return max(1, min(self.batch, int(BATCH_SECONDS / self.pace)))

    def _advance(self, mail: Mail | None) -> bool:
        """Record what became of the last mail, and mark the next as going out.

        False when the next one is not held any more.
        """
        if mail is None and self._done is None:
            return False
        at, done = self.now(), self._done
        self._pulse(at)
        if mail and at - self._renewed_at > LEASE / 4:
            holding.renew(name=self.name, at=at, lease=LEASE)
            self._renewed_at = at
        is_recorded, has_begun = step(done=done, mail=mail, name=self.name, at=at)
        self._done = None
        if done and is_recorded:
            self.counts[done[1].changes["state"]] += 1
        if mail:
            mail.attempts += 1
        return has_begun

    def _recover(self) -> None:
        """After the database was away: record what is not, give back the rest."""
        if self._was_cut:
            self._advance(None)
            holding.give_back(self.name)
            self._was_cut = False

    def _attempt(self, mail: Mail) -> Result:
        """Write and hand over one mail. Raises ServerAway, and when the database is."""
        at = self.now()
        if mail.expires_at <= at:
            return _over(Mail.State.EXPIRED, Outcome.EXPIRED, at)
        try:
            ready = _written(mail, at)
        except LOST:
            raise
        except Exception as error:  # noqa: BLE001 - one mail must not stop the others
            return _failed(mail, error, at)
        if isinstance(ready, Withheld):
            reason = ready.reason[:100]
            return _over(Mail.State.WITHHELD, Outcome.WITHHELD, at, reason)
        if isinstance(ready, Postponed):
            return _untried(mail, max(ready.until, at + FIRST_WAIT))
        if self.now() - at > LEASE / 2:
            # We were asleep: whoever stopped these mails may have been answered.
            return _untried(mail, mail.due_at)
        try:
            refused = self._server.hand_over(ready)
        except Exception as error:  # noqa: BLE001 - one mail must not stop the others
            codes = set(_codes(error))
            if not codes or HANGS_UP in codes:
                self._close()
            if WANTS_SIGN_IN & codes:
                self._done = mail, _untried(mail, mail.due_at)
                raise ServerAway(_describe(error)) from error
            failed = _failed(mail, error, self.now(), may_have_arrived=not codes)
            self._failed_in_a_row += 1
            if self._failed_in_a_row >= IN_A_ROW:
                self._done = mail, failed
                raise ServerAway(_describe(error)) from error
            return failed
        self._failed_in_a_row = 0
        if refused:
            return _failed(mail, REFUSED(dict(refused)), self.now(), list(refused))
        return _over(Mail.State.SENT, Outcome.SENT, self.now())

    def _is_connected(self) -> bool:
        # A client that hung up says so; other backends have nothing to say.
        return self._server is not None and getattr(self._server, "is_open", True)

    def _connect(self) -> None:
        self._close()
        try:
            self._server = transport.connect()
        except OSError as error:
            raise ServerAway(_describe(error)) from error

    def _close(self) -> None:
        server, self._server = self._server, None
        with suppress(OSError):
            if server:
                server.close()

    def _pulse(self, at: dt.datetime) -> None:
        if self._pulsed_at is None or at - self._pulsed_at >= PULSE:
            holding.pulse(name=self.name, at=at)
            self._pulsed_at = at

    def _keep_house(self) -> None:
        at = self.now()
        self._pulse(at)
        if self._forgot_at is None or at - self._forgot_at >= FORGET_EVERY:
            self._forgot_at = at
            holding.forget(before=at - KEEP)


def new_name() -> str:
    """Return a name no other worker has, on any host."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def _written(mail: Mail, at: dt.datetime) -> transport.ReadyMail | Withheld | Postponed:
    """Return the mail to hand over. Raises what the kind raises, and ValueError."""
    if not mail.kind:
        content = bytes(mail.content)
        return transport.ReadyMail(mail.sender, mail.recipients, content)
    prepared = registry[mail.kind].prepare(mail.reference, at)
    if not isinstance(prepared, EmailMessage):
        return prepared
    ready = compose(prepared, mail.message_id)
    if mail.recipients:
        # The others have it already.
        left = [one for one in ready.recipients if one in mail.recipients]
        ready = ready._replace(recipients=left)
    if not ready.recipients:
        raise ValueError("nobody to write to")
    return ready


def _over(state: str, outcome: Outcome, at: dt.datetime, why: str = "") -> Result:
    changes = {"state": state, "settled_at": at, "last_error": why, **BLANK}
    return Result(changes, outcome)


def _untried(mail: Mail, due_at: dt.datetime) -> Result:
    """Let it wait without having spent an attempt."""
    attempts = max(mail.attempts - 1, 0)
    changes = {"state": Mail.State.WAITING, "due_at": due_at, "attempts": attempts}
    return Result(changes)


def _failed(
    mail: Mail,
    error: Exception,
    at: dt.datetime,
    left: list[str] | None = None,
    *,
    may_have_arrived: bool = False,
) -> Result:
    """Return what a failure means: again later, or never by itself.

    left: who is still to get it, None for everybody.
    """
    codes = _codes(error)
    changes: dict[str, Any] = {"last_error": _describe(error)}
    if may_have_arrived:
        # An answer to a later attempt tells nothing about this one.
        changes["may_have_arrived"] = True
    if left:
        changes["recipients"] = left
    is_refused_for_good = bool(codes) and min(codes) >= 500
    if is_refused_for_good or isinstance(error, FOR_GOOD):
        is_address = is_refused_for_good and isinstance(error, REFUSED)
        outcome = Outcome.REFUSED if is_address else Outcome.PARKED
    elif mail.attempts >= MAX_ATTEMPTS:
        outcome = Outcome.PARKED
    else:
        wait = min(FIRST_WAIT * 2 ** (mail.attempts - 1), LONGEST_WAIT)
        return Result(changes | {"state": Mail.State.WAITING, "due_at": at + wait})
    # What to send is kept: somebody may let it go once more.
    return Result(changes | {"state": Mail.State.PARKED, "settled_at": at}, outcome)


def _codes(error: Exception) -> list[int]:
    if isinstance(error, smtplib.SMTPResponseException):
        return [error.smtp_code]
    if isinstance(error, REFUSED):
        return [code for code, _text in error.recipients.values()]
    return []


def _describe(error: Exception) -> str:
    """Return the kind of error and the server's code; its text may name people."""
    codes = ", ".join(str(code) for code in _codes(error))
    return f"{type(error).__name__} {codes}".strip()[:100]
