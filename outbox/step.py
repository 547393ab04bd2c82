"""The transaction between two mails: one trip to the database where it can be one.

The worker waits for the database once per mail, so each trip counts: on PostgreSQL the
two statements travel together, which makes them one transaction by itself. They do what
`holding.record` and `holding.begin` do, which other databases and results still take.
"""

import datetime as dt
from typing import Any

from django.db import connection, transaction

from . import holding
from .holding import Result
from .models import Mail

RECORD_SENT = (
    "UPDATE outbox_mail SET state = 'sent', settled_at = %s, last_error = '',"
    " recipients = '[]', content = '', claimed_by = '', lease_until = NULL,"
    " begun_at = NULL WHERE id = %s AND state <> 'sent'"
    " AND (claimed_by = %s OR begun_at IS NULL)"
)
BEGIN = (
    "UPDATE outbox_mail SET begun_at = %s, attempts = attempts + 1 WHERE id = %s"
    " AND claimed_by = %s AND state = 'sending' AND lease_until > %s"
)
Done = tuple[Mail, Result]


def step(
    *, done: Done | None, mail: Mail | None, name: str, at: dt.datetime
) -> tuple[bool, bool]:
    """Record what became of one mail, and mark the next as going out; all or nothing.

    Returns for each whether it was still the worker's to do.
    """
    if _can_travel(done):
        return _together(done, mail, name, at)
    is_recorded = has_begun = False
    with transaction.atomic():
        if done:
            is_recorded = holding.record(mail=done[0], result=done[1], name=name, at=at)
        if mail:
            has_begun = holding.begin(mail=mail, name=name, at=at)
    return is_recorded, has_begun


def _can_travel(done: Done | None) -> bool:
    """Tell whether one trip will do.

    A kind has to be told before the next mail is marked: it may wait for somebody who
    takes a delivery back, and who in turn would wait for the mark.
    """
    if connection.vendor != "postgresql":
        return False
    return done is None or (
        not done[0].kind and done[1].changes["state"] == Mail.State.SENT
    )


def _together(
    done: Done | None, mail: Mail | None, name: str, at: dt.datetime
) -> tuple[bool, bool]:
    statements: list[str] = []
    parameters: list[Any] = []
    if done:
        statements.append(RECORD_SENT)
        parameters += [done[1].changes["settled_at"], done[0].pk, name]
    if mail:
        statements.append(BEGIN)
        parameters += [at, mail.pk, name, at]
    counts = _run("; ".join(statements), parameters, len(statements))
    is_recorded = done is not None and bool(counts[0])
    return is_recorded, mail is not None and bool(counts[-1])


def _run(sql: str, parameters: list[Any], count: int) -> list[int]:
    """Run statements that travel together; return how many rows each changed."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        counts = [cursor.rowcount]
        while len(counts) < count and cursor.nextset():
            counts.append(cursor.rowcount)
    return counts
