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
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.mail import EmailMessage
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from . import transport
from .backend import compose
from .kinds import Outcome, Postponed, Priority, Withheld, registry
from .models import Mail, Worker

# At least twice what connecting and one mail may take, and short enough that the mails
# of a dead worker are out within half a minute.
LEASE = dt.timedelta(seconds=20)
BATCH = 50
MAX_ATTEMPTS = 10
FIRST_WAIT = dt.timedelta(seconds=10)
LONGEST_WAIT = dt.timedelta(minutes=30)
# How long to look away: when nothing is due, and from a mail server that is away.
IDLE_SECONDS = 1.0
AWAY_SECONDS = (1.0, 30.0)
PULSE = dt.timedelta(seconds=15)
KEEP = dt.timedelta(days=90)
FORGET_EVERY = dt.timedelta(hours=1)
logger = logging.getLogger(__name__)


class ServerAway(Exception):
    """The mail server cannot be reached; no mail is to blame."""


@dataclass(frozen=True)
class Result:
    """What became of an attempt: columns to change, and what to tell the kind."""

    changes: Mapping[str, Any]
    outcome: Outcome | None = None


@dataclass
class Sender:
    """One worker. `now` is its clock; `name` is on the rows it holds."""

    now: Callable[[], dt.datetime] = timezone.now
    name: str = field(default_factory=lambda: new_name())
    batch: int = BATCH
    stop: threading.Event = field(default_factory=threading.Event)
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._server: Any = None
        self._renewed_at = self._pulsed_at = self._forgot_at = self.now()

    def run(self, limit: int | None = None) -> Counter[str]:
        """Send what is due, up to `limit`; return how many ended in which state.

        Raises ServerAway, after giving back what it held.
        """
        self.pulse()
        left = limit
        try:
            while not self.stop.is_set() and left != 0:
                mails = self.claim(min(self.batch, left or self.batch))
                if not mails:
                    break
                self.send(mails)
                left = None if left is None else left - len(mails)
        finally:
            self._close()
        return self.counts

    def follow(self) -> None:
        """Send until `stop` is set. Trouble of server or database is waited out."""
        away, (first, longest) = 0.0, AWAY_SECONDS
        while not self.stop.is_set():
            wait = IDLE_SECONDS
            try:
                self._keep_house()
                if mails := self.claim(self.batch):
                    self.send(mails)
                    wait = 0.0
                away = 0.0
            except ServerAway as error:
                away = wait = min(max(first, away * 2), longest)
                logger.warning("Mail server away (%s), next try in %d s", error, wait)
            except (OperationalError, InterfaceError) as error:
                logger.warning("Database away (%s)", type(error).__name__)
                self._close()
                connection.close()
            if wait:
                self._close()
                self.stop.wait(wait)
        self._close()
        Worker.objects.filter(name=self.name).delete()

    def claim(self, count: int) -> list[Mail]:
        """Hold up to `count` due mails, the urgent and the longest due first."""
        at = self.now()
        pks: list[int] = []
        # Looking takes no lock: on SQLite the pages go on writing meanwhile.
        if not (_waiting(at) | Mail.objects.abandoned(at)).exists():
            return []
        with transaction.atomic():
            self._take_back(at)
            for priority in Priority:
                if len(pks) == count:
                    break
                waiting = _waiting(at).filter(priority=priority)
                free = _unlocked(waiting.order_by("due_at", "pk"))
                free = free.values_list("pk", flat=True)
                pks += free[: count - len(pks)]
            if not pks:
                return []
            Mail.objects.filter(pk__in=pks).update(
                state=Mail.State.SENDING, claimed_by=self.name, lease_until=at + LEASE
            )
        self._renewed_at = at
        mails = Mail.objects.in_bulk(pks)
        return [mails[pk] for pk in pks]

    def send(self, mails: list[Mail]) -> None:
        """Send mails that are held. Raises ServerAway, after giving back the rest."""
        done: tuple[Mail, Result] | None = None
        for mail in mails:
            try:
                self._connect()
            except ServerAway:
                self._advance(done, None)
                self._give_back()
                raise
            has_begun = self._advance(done, mail)
            done = (mail, self._attempt(mail)) if has_begun else None
            if self.stop.is_set():
                break
        self._advance(done, None)
        if self.stop.is_set():
            self._give_back()

    def pulse(self) -> None:
        """Tell that this worker is alive."""
        at = self.now()
        Worker.objects.update_or_create(
            name=self.name,
            defaults={"seen_at": at},
            create_defaults={"seen_at": at, "started_at": at},
        )
        self._pulsed_at = at

    def _take_back(self, at: dt.datetime) -> None:
        """Give mails of dead workers back to the queue."""
        dead = _unlocked(Mail.objects.abandoned(at).order_by("pk"))
        if pks := list(dead.values_list("pk", flat=True)[:1000]):
            Mail.objects.filter(pk__in=pks).update(**FREE)

    def _give_back(self) -> None:
        Mail.objects.filter(claimed_by=self.name, state=Mail.State.SENDING).update(
            **FREE
        )

    def _advance(self, done: tuple[Mail, Result] | None, mail: Mail | None) -> bool:
        """Record what became of one mail, and mark the next as going out.

        False when the next one is not held any more: the lease ran out, or it was
        withdrawn.
        """
        at = self.now()
        with transaction.atomic():
            if done:
                self._settle(*done, at)
            if mail is None:
                return False
            if at - self._renewed_at > LEASE / 4:
                held = Mail.objects.filter(claimed_by=self.name, lease_until__gt=at)
                held.update(lease_until=at + LEASE)
                self._renewed_at = at
            mine = Mail.objects.filter(
                pk=mail.pk,
                claimed_by=self.name,
                state=Mail.State.SENDING,
                lease_until__gt=at,
            )
            begun = mine.update(begun_at=at, attempts=F("attempts") + 1)
        mail.attempts += 1
        return bool(begun)

    def _settle(self, mail: Mail, result: Result, at: dt.datetime) -> None:
        """Record a result; one that comes too late only if nobody else has begun."""
        rows = Mail.objects.filter(
            Q(claimed_by=self.name) | Q(begun_at__isnull=True),
            pk=mail.pk,
            state__in=Mail.OPEN,
        )
        if not rows.update(**RELEASED, **result.changes):
            return
        self.counts[result.changes["state"]] += 1
        if mail.kind and result.outcome:
            try:
                with transaction.atomic():
                    registry[mail.kind].settled(mail.reference, result.outcome, at)
            except Exception as error:  # noqa: BLE001 - sent is sent, whatever follows
                logger.error("%s: not recorded (%s)", mail, type(error).__name__)

    def _attempt(self, mail: Mail) -> Result:
        """Write and hand over one mail."""
        at = self.now()
        if mail.expires_at <= at:
            return _over(Mail.State.EXPIRED, Outcome.EXPIRED, at)
        try:
            ready = _written(mail, at)
        except Exception as error:  # noqa: BLE001 - one mail must not stop the others
            return self._failed(mail, error, at)
        if isinstance(ready, Withheld):
            changes = _over(Mail.State.WITHHELD, Outcome.WITHHELD, at)
            return Result(
                changes.changes | {"last_error": ready.reason}, changes.outcome
            )
        if isinstance(ready, Postponed):
            again = {"state": Mail.State.WAITING, "due_at": ready.until}
            return Result(again | {"attempts": max(mail.attempts - 1, 0)})
        try:
            refused = self._server.hand_over(ready)
        except Exception as error:  # noqa: BLE001 - one mail must not stop the others
            if not isinstance(error, smtplib.SMTPResponseException | REFUSED):
                self._close()
            return self._failed(mail, error, at)
        if refused:
            return self._again(mail, "SMTPRecipientsRefused", at, refused)
        return _over(Mail.State.SENT, Outcome.SENT, at)

    def _failed(self, mail: Mail, error: Exception, at: dt.datetime) -> Result:
        """Return what a failure means: again later, or never by itself."""
        text = _describe(error)
        codes = _codes(error)
        if codes and min(codes) >= 500:
            is_refused = isinstance(error, REFUSED)
            outcome = Outcome.REFUSED if is_refused else Outcome.PARKED
            return _parked(outcome, text, at)
        if not isinstance(error, OSError) and not codes:
            return _parked(Outcome.PARKED, text, at)
        return self._again(mail, text, at)

    def _again(
        self,
        mail: Mail,
        error: str,
        at: dt.datetime,
        recipients: list[str] | None = None,
    ) -> Result:
        if mail.attempts >= MAX_ATTEMPTS:
            return _parked(Outcome.PARKED, error, at)
        wait = min(FIRST_WAIT * 2 ** (mail.attempts - 1), LONGEST_WAIT)
        changes = {
            "state": Mail.State.WAITING,
            "due_at": at + wait,
            "last_error": error,
        }
        if recipients and not mail.kind:
            changes["recipients"] = recipients
        return Result(changes)

    def _connect(self) -> None:
        if self._server is None:
            try:
                self._server = transport.connect()
            except OSError as error:
                raise ServerAway(_describe(error)) from error

    def _close(self) -> None:
        server, self._server = self._server, None
        try:
            if server:
                server.close()
        except OSError:
            pass

    def _keep_house(self) -> None:
        at = self.now()
        if at - self._pulsed_at >= PULSE or not self._pulsed_at:
            self.pulse()
            Worker.objects.filter(seen_at__lt=at - dt.timedelta(days=1)).delete()
        if at - self._forgot_at >= FORGET_EVERY:
            self._forgot_at = at
            forget(before=at - KEEP)


# What a row loses when nobody holds it any more.
RELEASED: dict[str, Any] = {"claimed_by": "", "lease_until": None, "begun_at": None}
FREE = {"state": Mail.State.WAITING, **RELEASED}
BLANK: dict[str, Any] = {"recipients": [], "content": b""}
REFUSED = smtplib.SMTPRecipientsRefused


def new_name() -> str:
    """Return a name no other worker has, on any host."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def forget(*, before: dt.datetime) -> int:
    """Delete mails settled before an instant, but not parked ones; return how many."""
    old = Mail.objects.filter(settled_at__lt=before).exclude(state=Mail.State.PARKED)
    pks = list(old.order_by("settled_at").values_list("pk", flat=True)[:5000])
    return Mail.objects.filter(pk__in=pks).delete()[0]


def _waiting(at: dt.datetime) -> Any:
    return Mail.objects.filter(state=Mail.State.WAITING, due_at__lte=at)


def _unlocked(mails: Any) -> Any:
    if connection.features.has_select_for_update_skip_locked:
        return mails.select_for_update(skip_locked=True)
    return mails


def _written(mail: Mail, at: dt.datetime) -> transport.ReadyMail | Withheld | Postponed:
    if not mail.kind:
        content = bytes(mail.content)
        return transport.ReadyMail(mail.sender, mail.recipients, content)
    prepared = registry[mail.kind].prepare(mail.reference, at)
    if not isinstance(prepared, EmailMessage):
        return prepared
    recipients, content = compose(prepared, mail.message_id)
    return transport.ReadyMail(prepared.from_email, recipients, content)


def _over(state: str, outcome: Outcome, at: dt.datetime) -> Result:
    changes = {"state": state, "settled_at": at, "last_error": "", **BLANK}
    return Result(changes, outcome)


def _parked(outcome: Outcome, error: str, at: dt.datetime) -> Result:
    """Keep what to send: somebody may let it go once more."""
    state = Mail.State.PARKED
    return Result({"state": state, "settled_at": at, "last_error": error}, outcome)


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
