"""The transaction between two mails: one trip to the database where it can be one.

The worker waits for the database once per mail, so each trip counts: on PostgreSQL
both changes are one statement, which is planned once per connection. It does what
`holding.record` and `holding.begin` do, which other databases and results still take.
"""

import datetime as dt

from django.db import connection, transaction
from psycopg import Cursor

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
# Both are carried out whole, as one transaction; NULL for a mail changes nothing.
STEP = (
    f"WITH done AS ({RECORD_SENT} RETURNING id), begun AS ({BEGIN} RETURNING id)"  # noqa: S608 - two constants
    " SELECT EXISTS(SELECT FROM done), EXISTS(SELECT FROM begun)"
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
    settled_at, sent = (
        (done[1].changes["settled_at"], done[0].pk) if done else (at, None)
    )
    parameters = [settled_at, sent, name, at, mail and mail.pk, name, at]
    connection.ensure_connection()
    psycopg_connection = connection.connection
    # Django's own cursors put values into the text, which is then planned each time;
    # these alone prepare, at once.
    psycopg_connection.prepare_threshold = 0
    with connection.wrap_database_errors, Cursor(psycopg_connection) as cursor:
        return cursor.execute(STEP, parameters).fetchone()
