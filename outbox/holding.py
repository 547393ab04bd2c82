"""What a worker does to rows: claims them, keeps them, records, gives them back.

Every function says what it writes; none of them knows the mail server. Two workers
never hold one row: on PostgreSQL they pass over each other's locks, and SQLite has one
writer.
"""

import datetime as dt
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q

from .kinds import Outcome, Priority, registry
from .models import Mail, Worker

MAX_ATTEMPTS = 10
# From so many attempts on, a mail that was going out when its worker died waits behind
# the others: it may be what killed it.
SUSPICIOUS = 7
# A worker that is silent for so long is gone; see also `queue.PULSE`.
GONE = dt.timedelta(minutes=10)
# What a row loses when nobody holds it any more.
RELEASED: dict[str, Any] = {"claimed_by": "", "lease_until": None, "begun_at": None}
FREE = {"state": Mail.State.WAITING, **RELEASED}
# What nobody needs once a mail is settled, and which is personal.
BLANK: dict[str, Any] = {"recipients": [], "content": b""}
LOST = (OperationalError, InterfaceError)
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Result:
    """What became of an attempt: columns to change, and what to tell the kind."""

    changes: Mapping[str, Any]
    outcome: Outcome | None = None


def claim(*, name: str, count: int, at: dt.datetime, lease: dt.timedelta) -> list[Mail]:
    """Hold up to `count` due mails, the urgent and the longest due first.

    Mails of dead workers are taken back first.
    """
    # Looking takes no lock: on SQLite the pages go on writing meanwhile.
    # Two questions, all priorities named: so SQLite never reads the whole table.
    waiting = _waiting(at).filter(priority__in=Priority)
    if not (waiting.exists() or Mail.objects.abandoned(at).exists()):
        return []
    pks: list[int] = []
    with transaction.atomic():
        _take_back(at)
        for priority in Priority:
            if len(pks) == count:
                break
            waiting = _waiting(at).filter(priority=priority)
            free = _unlocked(waiting.order_by("due_at", "pk"))
            pks += free.values_list("pk", flat=True)[: count - len(pks)]
        if not pks:
            return []
        Mail.objects.filter(pk__in=pks).update(
            state=Mail.State.SENDING, claimed_by=name, lease_until=at + lease
        )
    mails = Mail.objects.in_bulk(pks)
    return [mails[pk] for pk in pks if pk in mails]


def _take_back(at: dt.datetime) -> None:
    """Give mails of dead workers back to the queue; park one that killed too many."""
    dead = _unlocked(Mail.objects.abandoned(at).order_by("lease_until", "pk"))
    mails = list(dead.only("kind", "reference", "attempts", "begun_at")[:1000])
    spent, suspects, others = [], [], []
    for mail in mails:
        if mail.begun_at is None or mail.attempts < SUSPICIOUS:
            others.append(mail.pk)
        elif mail.attempts < MAX_ATTEMPTS:
            suspects.append(mail.pk)
        else:
            spent.append(mail)
    begun = [mail.pk for mail in mails if mail.begun_at]
    if begun:
        Mail.objects.filter(pk__in=begun).update(may_have_arrived=True)
    if others:
        Mail.objects.filter(pk__in=others).update(**FREE)
    if suspects:
        Mail.objects.filter(pk__in=suspects).update(**FREE, due_at=at)
    for mail in spent:
        changes = {
            "state": Mail.State.PARKED,
            "settled_at": at,
            "last_error": "WorkerDied",
        }
        Mail.objects.filter(pk=mail.pk).update(**RELEASED, **changes)
        tell(mail, Outcome.PARKED, at)


def give_back(name: str) -> None:
    """Let others have what the worker still holds.

    What it had marked and not handed over counts as not attempted: it cannot have
    arrived (`queue.in_doubt`).
    """
    held = Mail.objects.filter(claimed_by=name, state=Mail.State.SENDING)
    marked = held.filter(begun_at__isnull=False)
    marked.update(**FREE, attempts=F("attempts") - 1)
    held.update(**FREE)


def renew(*, name: str, at: dt.datetime, lease: dt.timedelta) -> None:
    """Hold longer what the worker still holds; what it lost stays lost."""
    held = Mail.objects.filter(
        claimed_by=name, state=Mail.State.SENDING, lease_until__gt=at
    )
    held.update(lease_until=at + lease)


def begin(*, mail: Mail, name: str, at: dt.datetime) -> bool:
    """Mark a mail as going out; False when it is not held any more.

    Then its lease has run out, or it was withdrawn.
    """
    mine = Mail.objects.filter(
        pk=mail.pk, claimed_by=name, state=Mail.State.SENDING, lease_until__gt=at
    )
    return bool(mine.update(begun_at=at, attempts=F("attempts") + 1))


def record(*, mail: Mail, result: Result, name: str, at: dt.datetime) -> bool:
    """Record what became of a mail, and tell its kind; False when it comes too late.

    Late is only what somebody else has begun meanwhile, or has settled; but a mail that
    was sent is sent, even if it was withdrawn after its lease.
    """
    rows = Mail.objects.filter(
        Q(claimed_by=name) | Q(begun_at__isnull=True), pk=mail.pk
    )
    if result.changes["state"] == Mail.State.SENT:
        rows = rows.exclude(state=Mail.State.SENT)
    else:
        rows = rows.filter(state__in=Mail.OPEN)
    if not rows.update(**RELEASED, **result.changes):
        return False
    if result.outcome:
        tell(mail, result.outcome, at)
    return True


def tell(mail: Mail, outcome: Outcome, at: dt.datetime) -> None:
    """Tell the kind of a mail what became of it; its errors undo only its own part."""
    kind = registry.get(mail.kind) if mail.kind else None
    if kind is None:
        return
    try:
        with transaction.atomic():
            kind.settled(mail.reference, outcome, at)
    except LOST:
        # Nothing was recorded at all.
        raise
    except Exception as error:  # noqa: BLE001 - sent is sent, whatever follows
        logger.error(
            "Mail %d: %s was not told (%s)", mail.pk, mail.kind, type(error).__name__
        )


def pulse(*, name: str, at: dt.datetime) -> None:
    """Tell that the worker is alive; forget those that died."""
    Worker.objects.update_or_create(
        name=name,
        defaults={"seen_at": at},
        create_defaults={"seen_at": at, "started_at": at},
    )
    Worker.objects.filter(seen_at__lt=at - GONE).delete()


def forget(*, before: dt.datetime) -> int:
    """Delete up to 5,000 mails queued and settled before an instant; return how many.

    Parked ones go too: they may hold personal data, and nobody wants them any more.
    """
    old = Mail.objects.filter(created_at__lt=before, settled_at__lt=before)
    pks = list(old.order_by("created_at", "pk").values_list("pk", flat=True)[:5000])
    return Mail.objects.filter(pk__in=pks).delete()[0]


def _waiting(at: dt.datetime) -> Any:
    return Mail.objects.filter(state=Mail.State.WAITING, due_at__lte=at)


def _unlocked(mails: Any) -> Any:
    if connection.features.has_select_for_update_skip_locked:
        return mails.select_for_update(skip_locked=True)
    return mails
