"""One trip to the database does what two statements do one after the other."""

import itertools

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from outbox import step, worker
from outbox.kinds import Outcome
from outbox.models import Mail
from tests.outbox.factories import MORNING, MailFactory, after

pytestmark = pytest.mark.django_db

OURS, THEIRS = "here:1:worker", "there:1:worker"
LATER = after(seconds=5)
SENT = worker._over("sent", Outcome.SENT, LATER)
SETTLED = {"settled_at": MORNING, "last_error": "withdrawn"}
# Every way in which a row can stand, when its worker comes back to it.
ROWS = [
    {"state": "waiting"},
    *(
        {"state": "sending", "claimed_by": who, "lease_until": until, "begun_at": begun}
        for who, until, begun in itertools.product(
            (OURS, THEIRS), (after(seconds=4), after(seconds=20)), (None, MORNING)
        )
    ),
    {"state": "withheld", **SETTLED},
    {"state": "sent", **SETTLED},
]


needs_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="two changes are one statement there"
)


def outcome_of(done, mail):
    """Take the step; return its answer and what it leaves, and undo it."""
    with transaction.atomic():
        answer = step.step(done=done and (done, SENT), mail=mail, name=OURS, at=LATER)
        rows = list(Mail.objects.order_by("pk").values())
        transaction.set_rollback(True)
    return answer, [row | {"content": bytes(row["content"])} for row in rows]


@needs_postgresql
def test_one_trip_does_what_two_do(monkeypatch):
    done_rows = [None, *(MailFactory(**row) for row in ROWS)]
    next_rows = [None, *(MailFactory(**row) for row in ROWS)]
    for done, mail in itertools.product(done_rows, next_rows):
        if done or mail:
            together = outcome_of(done, mail)
            with monkeypatch.context() as patched:
                patched.setattr(step, "_can_travel", lambda done: False)
                assert together == outcome_of(done, mail)


@needs_postgresql
def test_it_is_one_trip():
    held = {"state": "sending", "claimed_by": OURS, "lease_until": after(seconds=20)}
    done, mail = MailFactory.create_batch(2, **held)
    with CaptureQueriesContext(connection) as queries:
        answer = step.step(done=(done, SENT), mail=mail, name=OURS, at=LATER)
    assert answer == (True, True)
    # Not even a savepoint: it goes past Django's cursors.
    assert len(queries) == 0


def test_mail_that_somebody_else_has_sent_meanwhile_is_not_recorded_again():
    """On every database, whichever way the step goes there."""
    mail = MailFactory(state="sent", settled_at=MORNING)
    answer = step.step(done=(mail, SENT), mail=None, name=OURS, at=LATER)
    assert answer == (False, False)
    mail.refresh_from_db()
    assert mail.settled_at == MORNING
