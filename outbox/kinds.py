"""Kinds of mail that are written only when they are sent.

An ordinary mail (`EmailMessage.send()`) is stored as it is. A mail whose address,
consent or text may change while it waits is queued by reference instead: a program
declares a `Kind` in its `mails.py`, queues `Reference`s, and is asked for the mail by
the worker that holds it, right before it goes out. Programs import this module and
`outbox.queue`, nothing else of the outbox.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from enum import IntEnum, StrEnum
from typing import Any

from django.core.mail import EmailMessage
from django.utils import timezone

from core.registry import Registry


class Priority(IntEnum):
    """What goes first where several wait; within one, the longest due goes first."""

    URGENT = 0
    NORMAL = 1
    BULK = 2


class Outcome(StrEnum):
    """What became of a mail. A parked one may still be sent, once somebody says so."""

    SENT = "sent"
    PARKED = "parked"
    # Parked because the server refuses the address for good.
    REFUSED = "refused"
    WITHHELD = "withheld"
    # Somebody decided so in the administration.
    BY_HAND = "by_hand"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Withheld:
    """The answer of a kind whose mail must not go out (any more)."""

    reason: str = ""


@dataclass(frozen=True)
class Postponed:
    """The answer of a kind whose mail goes out later, such as after the night."""

    until: dt.datetime


Prepared = EmailMessage | Withheld | Postponed


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of mail.

    key: app label, dot, name (`deliveries.notice`); rows in the queue bear it.
    prepare: gets the reference and the instant, and returns the mail, or why not. It is
    called when the row is marked as going out, so that consent withdrawn before is seen
    here, and consent withdrawn afterwards finds the mark (`queue.wait_until_settled`).
    settled: gets the reference, the outcome and the instant, inside the transaction
    that records them; it may come twice for one mail, as PARKED and then as SENT.
    """

    key: str
    prepare: Callable[[str, dt.datetime], Prepared]
    settled: Callable[[str, Outcome, dt.datetime], None] = lambda *_: None
    order: int = 0


class KindRegistry(Registry[Kind]):
    """The kinds by key."""


registry = KindRegistry()
register = registry.register


class Reference(EmailMessage):
    """A mail of a kind, to be written when it is sent. `send()` queues it.

    `key` makes it the only one: a second mail of the same key is not queued. Without
    `due_at` it is due at once; after `expires_at` it is not sent any more.
    """

    def __init__(
        self,
        kind: str,
        reference: str,
        *,
        key: str,
        message_id: str = "",
        due_at: dt.datetime | None = None,
        expires_at: dt.datetime | None = None,
        priority: Priority = Priority.NORMAL,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.kind, self.reference, self.key = kind, reference, key
        self.message_id = message_id
        self.due_at, self.expires_at, self.priority = due_at, expires_at, priority

    def recipients(self) -> list[str]:
        """Return somebody, since Django sends no mail without: it is not known yet."""
        return [self.reference]

    def message(self) -> Message:
        """Write the mail now, for backends that send at once. Raises ValueError."""
        mail = registry[self.kind].prepare(self.reference, timezone.now())
        if not isinstance(mail, EmailMessage):
            raise ValueError(f"{self.kind} withholds this mail")
        return mail.message()
