"""The claim of the next batch, from a short table and from a long one."""

import json
import statistics
import sys
import time

import django

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from outbox import holding  # noqa: E402
from outbox.models import Mail  # noqa: E402
from outbox.worker import BATCH, LEASE  # noqa: E402

NAME = "bench"
SERIES = {
    "postgresql": "SELECT generate_series({first}, {last}) n",
    "sqlite": (
        "WITH RECURSIVE s(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM s"
        " WHERE n < {last}) SELECT n FROM s"
    ),
}


def fill(first: int, last: int, waiting: bool) -> None:
    """Add the rows `first` to `last`, queued one after the other until now."""
    at = timezone.now()
    Mail.objects.filter(message_id="<sample>").delete()
    sample = Mail.objects.create(
        kind="deliveries.notice",
        message_id="<sample>",
        state=Mail.State.WAITING if waiting else Mail.State.SENT,
        created_at=at,
        due_at=at,
        expires_at=at,
        settled_at=None if waiting else at,
    )
    changes = {
        "key": "'deliveries.notice:' || n",
        "reference": "n",
        "message_id": "'<' || n || '@example.jp>'",
    }
    if connection.vendor == "postgresql":
        changes["reference"] = "n::text"
        for column in ("created_at", "due_at"):
            changes[column] = f"s.{column} - (2000000 - n) * interval '10 ms'"
    columns = {
        field.column: f's."{field.column}"'
        for field in Mail._meta.concrete_fields
        if not field.primary_key
    } | changes
    names = ", ".join(f'"{name}"' for name in columns)
    series = SERIES[connection.vendor].format(first=first, last=last)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO outbox_mail ({names}) SELECT {', '.join(columns.values())} "  # noqa: S608
            f"FROM outbox_mail s, ({series}) AS numbers WHERE s.id = {sample.pk}"
        )
        sample.delete()
        cursor.execute("ANALYZE")


def claim_once() -> float:
    start = time.perf_counter()
    mails = holding.claim(name=NAME, count=BATCH, at=timezone.now(), lease=LEASE)
    seconds = time.perf_counter() - start
    if len(mails) != BATCH:
        raise SystemExit(f"{len(mails)} claimed")
    holding.give_back(NAME)
    return seconds


def median(rounds: int) -> float:
    claim_once()
    return statistics.median(claim_once() for _ in range(rounds))


def main(small: int, large: int, rounds: int) -> None:
    waiting = 2 * BATCH
    found = {}
    Mail.objects.all()._raw_delete("default")
    fill(1, waiting, waiting=True)
    fill(waiting + 1, small, waiting=False)
    found["small"] = median(rounds)
    fill(small + 1, large, waiting=False)
    found["mostly sent"] = median(rounds)
    Mail.objects.all()._raw_delete("default")
    fill(1, large, waiting=True)
    found["all waiting"] = median(rounds)
    print(json.dumps(found))  # noqa: T201 - who called reads it


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
