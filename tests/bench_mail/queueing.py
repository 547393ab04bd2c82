"""A batch of deliveries with their notices against its bare inserts, on PostgreSQL.

Bare are the very statements by which the rows were inserted, values and all, sent once
more in one transaction by nobody who had to make them.
"""

import json
import sys
import time
from collections.abc import Sequence

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from deliveries.models import Delivery, Notice  # noqa: E402
from deliveries.services import Entry, record_deliveries  # noqa: E402
from outbox.models import Mail  # noqa: E402
from tests.bench_mail import deliveries  # noqa: E402

TABLES = (Mail, Notice, Delivery)


def clear() -> None:
    """Empty the tables, and let their keys begin anew: notices refer to deliveries."""
    deliveries.clear(TABLES)
    with connection.cursor() as cursor:
        for model in TABLES:
            begin_anew = "SELECT setval(pg_get_serial_sequence(%s, 'id'), 1, false)"
            cursor.execute(begin_anew, [model._meta.db_table])


def counts() -> list[int]:
    return [model._default_manager.count() for model in TABLES]


def insert(statements: Sequence[str]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


class Batch:
    """A batch that is recorded again and again."""

    def __init__(self, count: int) -> None:
        deliveries.clear()
        self.rows: list[Entry] = deliveries.entries(count)
        self.workplace, self.user = deliveries.reporter()

    def record(self) -> None:
        record_deliveries(
            entries=self.rows,
            workplace=self.workplace,
            recorded_by=self.user,
            at=timezone.now(),
        )

    def statements(self) -> list[str]:
        """Return the statements that insert the rows."""
        clear()
        with CaptureQueriesContext(connection) as captured:
            self.record()
        return [q["sql"] for q in captured if q["sql"].startswith("INSERT")]


def main(count: int, rounds: int) -> None:
    batch = Batch(count)
    statements = batch.statements()
    ways = {"recorded": batch.record, "bare": lambda: insert(statements)}
    found: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, act in ways.items():
            clear()
            start = time.perf_counter()
            act()
            found[way].append(time.perf_counter() - start)
            if counts() != [count] * len(TABLES):
                raise SystemExit(f"{way}: not what was to be measured: {counts()}")
    print(json.dumps(found))  # noqa: T201 - who called reads it


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
