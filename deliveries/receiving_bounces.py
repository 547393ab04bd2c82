"""Returned mails as a mail service reports them: each checked alone."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .bounces import record_bounce
from .models import Bounce
from .reported import Errors, is_text, read_instant, read_texts

REQUIRED = ("event_id", "message_id", "kind", "at")
OPTIONAL = ("recipient", "code")
LONGEST = {"event_id": 150, "code": 20}
CODE = re.compile(r"[0-9A-Za-z.:/_-]+", re.ASCII)


class BounceResult(StrEnum):
    """What became of one reported mail."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    UNKNOWN = "unknown"
    INVALID = "invalid"


@dataclass
class ReceivedBounce:
    """What became of one item; `event_id` is None where none could be read."""

    event_id: str | None
    result: BounceResult = BounceResult.INVALID
    errors: Errors = field(default_factory=dict)


def receive_bounces(*, items: Sequence[Any], at: dt.datetime) -> list[ReceivedBounce]:
    """Record returned mails; return one outcome per item, in order.

    Each is recorded in a transaction of its own, because each may put an address on
    hold, which has to be seen by whoever sends.
    """
    return [_receive(item, at) for item in items]


def _receive(item: Any, at: dt.datetime) -> ReceivedBounce:
    texts, errors = read_texts(item, REQUIRED, OPTIONAL)
    event_id = item.get("event_id") if isinstance(item, dict) else None
    one = ReceivedBounce(event_id if is_text(event_id) else None, errors=errors)
    for name, longest in LONGEST.items():
        if len(texts.get(name, "")) > longest:
            errors[name] = [_("This text is too long.")]
    if "kind" in texts and texts["kind"] not in Bounce.Kind.values:
        known = _("Send one of these: %(names)s.")
        errors["kind"] = [known % {"names": ", ".join(Bounce.Kind.values)}]
    if "code" in texts and not CODE.fullmatch(texts["code"]):
        errors["code"] = [_("Send a status such as 5.1.1.")]
    if "at" in texts:
        try:
            bounced_at = read_instant(texts["at"], at)
        except ValidationError as error:
            errors["at"] = error.messages
    if not errors:
        try:
            one.result = _record(texts, bounced_at)
        except ValidationError:
            # Its year is closed. It counts on the day we learn of it: the address is
            # no better for that.
            one.result = _record(texts, at)
    return one


def _record(texts: dict[str, str], bounced_at: dt.datetime) -> BounceResult:
    source = Bounce.Source.SERVICE
    is_known = Bounce.objects.filter(key=f"{source}:{texts['event_id']}").exists()
    bounce = record_bounce(
        message_id=_with_brackets(texts["message_id"]),
        recipient=texts.get("recipient", ""),
        kind=texts["kind"],
        code=texts.get("code", ""),
        source=source,
        key=texts["event_id"],
        at=bounced_at,
    )
    if bounce is None:
        return BounceResult.UNKNOWN
    return BounceResult.UNCHANGED if is_known else BounceResult.CREATED


def _with_brackets(message_id: str) -> str:
    """Return a Message-ID as it is stored; services often leave the brackets out."""
    return f"<{message_id.strip().strip('<>')}>"
