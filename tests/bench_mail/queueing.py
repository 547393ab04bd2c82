"""A batch of deliveries with their notices against its bare inserts, on PostgreSQL.

Bare is one INSERT with the values of all rows for each table, in one transaction, by
nobody who had to find out what to insert. Replayed are the very statements of the
recording, as text: not even values have to be written, so this is the database alone.
"""

import json
import sys
import time
from collections.abc import Iterable
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.db.models import Model  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from deliveries.models import Delivery, Notice  # noqa: E402
from deliveries.services import Entry, record_deliveries  # noqa: E402
from outbox.models import Mail  # noqa: E402
from tests.bench_mail import deliveries  # noqa: E402

Statement = tuple[str, list[Any] | None]
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


def insert(statements: Iterable[Statement]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement, values in statements:
            cursor.execute(statement, values)


def insertion(model: type[Model]) -> Statement:
    """Return the statement that inserts the rows of a table once more."""
    fields = [one for one in model._meta.concrete_fields if not one.generated]
    rows = model._default_manager.order_by("pk")
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    row = f"({', '.join(['%s'] * len(fields))})"
    values = [
        field.get_db_prep_save(getattr(one, field.attname), connection)
        for one in rows
        for field in fields
    ]
    lines = ", ".join([row] * len(rows))
    table = connection.ops.quote_name(model._meta.db_table)
    return f"INSERT INTO {table} ({columns}) VALUES {lines}", values  # noqa: S608


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

    def statements(self) -> list[Statement]:
        """Return the statements that insert the rows, with the values in them."""
        clear()
        with CaptureQueriesContext(connection) as captured:
            self.record()
        texts = [q["sql"] for q in captured if q["sql"].startswith("INSERT")]
        return [(text, None) for text in texts]


def main(count: int, rounds: int) -> None:
    batch = Batch(count)
    statements = batch.statements()
    insertions = [insertion(model) for model in reversed(TABLES)]
    ways = {
        "recorded": batch.record,
        "bare": lambda: insert(insertions),
        "replayed": lambda: insert(statements),
    }
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
