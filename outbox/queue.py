"""What programs may ask of the queue: how it stands, and to let mails go or not.

Keys are those the mails were queued with.
"""

import datetime as dt
import time
from collections.abc import Collection
from typing import NamedTuple

from django.core.mail import EmailMessage
from django.db.models import Count, Min, Q
from django.utils import timezone

from . import transport
from .backend import row_of
from .models import Mail, Worker

# A worker tells of itself at least this often.
PULSE = dt.timedelta(seconds=30)
LOOK_AGAIN = 0.05
LATELY = dt.timedelta(days=2)


class Standing(NamedTuple):
    """How the queue stands: when the oldest due mail was due, who sends.

    `oldest_due_at` is None when nothing is overdue, `seen_at` None when no worker was
    ever heard of.
    """

    oldest_due_at: dt.datetime | None
    seen_at: dt.datetime | None
    at: dt.datetime

    @property
    def is_stopped(self) -> bool:
        """Whether no worker has been heard of lately."""
        return self.seen_at is None or self.at - self.seen_at > 2 * PULSE

    def is_late(self, after: dt.timedelta) -> bool:
        """Tell whether the oldest due mail has waited longer than `after`."""
        return self.oldest_due_at is not None and self.at - self.oldest_due_at > after


def standing(at: dt.datetime) -> Standing:
    """Return how the queue stands at the instant `at`; two queries."""
    oldest = Mail.objects.due(at).aggregate(oldest=Min("due_at"))["oldest"]
    seen = Worker.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()
    return Standing(oldest, seen, at)


def withdraw(keys: Collection[str], at: dt.datetime) -> int:
    """Take back mails that do not go out yet; return how many.

    Those that are going out are left alone: `wait_until_settled` waits for them.
    """
    waiting = Mail.objects.filter(
        key__in=keys, state__in=[*Mail.OPEN, Mail.State.PARKED], begun_at__isnull=True
    )
    return waiting.update(
        state=Mail.State.WITHHELD,
        settled_at=at,
        claimed_by="",
        lease_until=None,
        recipients=[],
        content=b"",
    )


def in_doubt(keys: Collection[str]) -> set[str]:
    """Return which of the mails may have arrived although none is known to have.

    One that is going out for the first time is not among them, nor one that was only
    withheld or grew stale.
    """
    rows = Mail.objects.filter(key__in=keys, may_have_arrived=True)
    return set(rows.exclude(state=Mail.State.SENT).values_list("key", flat=True))


def send_again(keys: Collection[str], at: dt.datetime, expires_at: dt.datetime) -> int:
    """Let parked mails go out once more, from the first attempt on; return how many."""
    return Mail.objects.filter(key__in=keys, state=Mail.State.PARKED).update(
        state=Mail.State.WAITING,
        settled_at=None,
        attempts=0,
        due_at=at,
        expires_at=expires_at,
    )


def wait_until_settled(keys: Collection[str], seconds: float) -> bool:
    """Wait until none of the mails is going out; False when one still is.

    To be called after the transaction that withdrew a consent was committed: from then
    on no further one begins. A mail whose worker died is not waited for longer than its
    lease.
    """
    end = time.monotonic() + seconds
    while True:
        going_out = Mail.objects.filter(
            key__in=keys,
            state=Mail.State.SENDING,
            begun_at__isnull=False,
            lease_until__gt=timezone.now(),
        )
        if not going_out.exists():
            return True
        if time.monotonic() >= end:
            return False
        time.sleep(LOOK_AGAIN)


class Load(NamedTuple):
    """How many mails are due, wait (those due among them), are parked; who sends."""

    due: int
    waiting: int
    parked: int
    workers: int


def load(at: dt.datetime) -> Load:
    """Return how much the queue holds at the instant `at`; two queries."""
    is_open = Q(state__in=Mail.OPEN)
    counts = Mail.objects.filter(is_open | Q(state=Mail.State.PARKED)).aggregate(
        due=Count("pk", filter=is_open & Q(due_at__lte=at)),
        waiting=Count("pk", filter=is_open),
        parked=Count("pk", filter=Q(state=Mail.State.PARKED)),
    )
    workers = Worker.objects.filter(seen_at__gte=at - 2 * PULSE).count()
    return Load(**counts, workers=workers)


def parked_besides(kind: str) -> int:
    """Return how many mails of other kinds, or of none, are parked."""
    return Mail.objects.filter(state=Mail.State.PARKED).exclude(kind=kind).count()


def park(keys: Collection[str], at: dt.datetime) -> int:
    """Park mails that wait, as if every attempt had failed; return how many.

    Whoever can send them again may do so (`send_again`).
    """
    return Mail.objects.filter(key__in=keys, state=Mail.State.WAITING).update(
        state=Mail.State.PARKED, settled_at=at
    )


def failing(attempts: int) -> int:
    """Return how many mails wait for another attempt after so many."""
    waiting = Mail.objects.filter(state=Mail.State.WAITING)
    return waiting.filter(attempts__gte=attempts).count()


def refused_since(
    kinds: Collection[str], count: int, at: dt.datetime
) -> dt.datetime | None:
    """Return since when mails of some kinds were parked, `count` at least, none sent.

    None when one was sent after them, or fewer were parked. Only mails that were queued
    within two days before the instant `at` are looked at.
    """
    lately = Mail.objects.filter(kind__in=kinds, created_at__gt=at - LATELY).order_by()
    parked = lately.filter(state=Mail.State.PARKED).order_by("-settled_at")
    instants = list(parked.values_list("settled_at", flat=True)[:count])
    if len(instants) < count:
        return None
    sent = lately.filter(state=Mail.State.SENT, settled_at__gte=instants[-1])
    return None if sent.exists() else instants[-1]


def was_sent(key: str) -> bool:
    """Tell whether the mail of a key has gone out; one that is forgotten has not."""
    return Mail.objects.filter(key=key, state=Mail.State.SENT).exists()


def send_past_the_queue(message: EmailMessage, *, key: str, at: dt.datetime) -> None:
    """Hand a mail over at once, for when the queue itself is what is stuck.

    A settled row keeps that it went out (`was_sent`). Raises OSError, as smtplib's
    errors are, when nobody took it.
    """
    mail = row_of(message, at)
    server = transport.connect()
    try:
        server.hand_over(
            transport.ReadyMail(mail.sender, mail.recipients, mail.content)
        )
    finally:
        server.close()
    mail.key, mail.attempts = key, 1
    mail.state, mail.settled_at = Mail.State.SENT, at
    mail.recipients, mail.content = [], b""
    mail.save()
