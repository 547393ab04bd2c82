"""What an administrator decides about mails of the queue."""

import datetime as dt
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet

from .backend import FRESH_FOR
from .holding import BLANK, RELEASED, tell
from .kinds import Outcome
from .models import Mail


class SentOnceMore(NamedTuple):
    """The mails that go out once more, and how many are too old for it."""

    mails: list[Mail]
    too_old: int


@transaction.atomic
def send_once_more(*, mails: QuerySet, at: dt.datetime) -> SentOnceMore:
    """Let parked mails go out, from the first attempt on.

    News that is written when it is sent keeps its end: nobody gets it stale. An
    ordinary mail gets another day.
    """
    parked = mails.filter(state=Mail.State.PARKED).select_for_update()
    parked = list(parked.only("kind", "expires_at", "message_id"))
    chosen = [mail for mail in parked if not mail.kind or mail.expires_at > at]
    changes = {
        "state": Mail.State.WAITING,
        "settled_at": None,
        "attempts": 0,
        "due_at": at,
    }
    rows = Mail.objects.filter(pk__in=[mail.pk for mail in chosen])
    rows.filter(~Q(kind="")).update(**changes)
    rows.filter(kind="").update(**changes, expires_at=at + FRESH_FOR)
    return SentOnceMore(chosen, len(parked) - len(chosen))


@transaction.atomic
def do_not_send(*, mails: QuerySet, at: dt.datetime) -> list[Mail]:
    """Take waiting mails back for good; return them. What is going out goes out."""
    waiting = mails.filter(state__in=Mail.OPEN, begun_at__isnull=True)
    chosen = list(waiting.select_for_update().only("kind", "reference", "message_id"))
    Mail.objects.filter(pk__in=[mail.pk for mail in chosen]).update(
        **RELEASED,
        **BLANK,
        state=Mail.State.WITHHELD,
        settled_at=at,
        last_error="by hand",
    )
    for mail in chosen:
        tell(mail, Outcome.BY_HAND, at)
    return chosen
