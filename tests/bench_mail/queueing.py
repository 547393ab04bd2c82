"""A batch of deliveries with their notices against bare inserts of the same rows."""

import json
import sys
import time
from collections.abc import Sequence

import django

django.setup()

from django.db import connection, models, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from deliveries.models import Delivery, Notice  # noqa: E402
from deliveries.services import record_deliveries  # noqa: E402
from outbox.models import Mail  # noqa: E402
from tests.bench_mail.deliveries import clear, entries, reporter  # noqa: E402

TABLES = (Delivery, Notice, Mail)


def insert_of(model: type[models.Model]) -> tuple[str, list[object]]:
    """Return one statement that inserts all rows of a table, and its parameters.

    Without what the database makes itself: keys are given, as no other rows refer to
    rows without.
    """
    columns = [
        field.column
        for field in model._meta.concrete_fields
        if not isinstance(field, models.GeneratedField)
    ]
    names = ", ".join(f'"{name}"' for name in columns)
    table = f'"{model._meta.db_table}"'
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {table} ORDER BY id")  # noqa: S608
        rows = cursor.fetchall()
    one = f"({', '.join(['%s'] * len(columns))})"
    statement = f"INSERT INTO {table} ({names}) VALUES {', '.join([one] * len(rows))}"  # noqa: S608
    return statement, [value for row in rows for value in row]


def insert(statements: Sequence[tuple[str, list[object]]]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement, parameters in statements:
            cursor.execute(statement, parameters)


def main(count: int, rounds: int) -> None:
    clear()
    rows = entries(count)
    workplace, user = reporter()
    found: dict[str, list[float]] = {"recorded": [], "bare": []}
    for _ in range(rounds + 1):
        clear(TABLES[::-1])
        start = time.perf_counter()
        record_deliveries(
            entries=rows, workplace=workplace, recorded_by=user, at=timezone.now()
        )
        found["recorded"].append(time.perf_counter() - start)
        counts = [model._default_manager.count() for model in TABLES]
        if counts != [count] * len(TABLES):
            raise SystemExit(f"not what was to be measured: {counts}")
        statements = [insert_of(model) for model in TABLES]
        clear(TABLES[::-1])
        start = time.perf_counter()
        insert(statements)
        found["bare"].append(time.perf_counter() - start)
    # The first round warms up.
    print(json.dumps({key: times[1:] for key, times in found.items()}))  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
