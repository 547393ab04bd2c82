"""The claim of the next batch takes its rows from indexes, however long the table."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from outbox import holding
from outbox.models import Mail
from outbox.worker import LEASE
from tests.outbox.factories import MORNING, MailFactory, after


@pytest.mark.django_db
@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL reads short tables as a whole"
)
def test_claim_never_reads_the_whole_table():
    # So many that SQLite, which knows it by ANALYZE, may prefer the table.
    Mail.objects.bulk_create(
        MailFactory.build_batch(2_000, state="sent", settled_at=MORNING)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    MailFactory.create_batch(3)
    MailFactory(held=True)
    with CaptureQueriesContext(connection) as queries:
        mails = holding.claim(name="a", count=50, at=after(minutes=1), lease=LEASE)
    assert len(mails) == 4
    with connection.cursor() as cursor:
        for query in queries:
            if "outbox_mail" in query["sql"]:
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
                plan = [row[-1] for row in cursor.fetchall()]
                assert not [step for step in plan if step.startswith("SCAN")], plan
    assert Mail.objects.filter(claimed_by="a", due_at=MORNING).count() == 4
