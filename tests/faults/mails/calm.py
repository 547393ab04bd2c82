"""Many mails and many workers without any fault: each mail arrives once."""

import time

from tests.faults.mails.results import compare, drain
from tests.faults.mails.sink import Sink
from tests.faults.mails.workers import HURRIED_BELOW, MOST, Workers, queue
from tests.faults.promises import at_least, told

# SQLite has one writer, and so one worker.
MAILS = {"postgresql": 50_000, "sqlite": 5_000}
WORKERS = {"postgresql": MOST, "sqlite": 1}


def run(stack, *, scale, seed):
    """Return the promises about mails in peace, with what was found."""
    vendor, is_hurried = stack.database.vendor, scale < HURRIED_BELOW
    count = max(50, int(MAILS[vendor] * scale))
    with Sink() as sink:
        wanted = queue(stack, sink, "mails", count, is_hurried=is_hurried)
        with Workers(stack, sink.url, is_hurried=is_hurried) as workers:
            start = time.monotonic()
            workers.start(WORKERS[vendor])
            drain(stack.database)
            seconds = time.monotonic() - start
            workers.end_all()
    return [
        at_least("mails", len(wanted), count),
        told("workers", WORKERS[vendor]),
        told("mails per second, all workers together", round(count / seconds)),
        *compare(stack.database, sink, wanted, in_doubt=0),
    ]
