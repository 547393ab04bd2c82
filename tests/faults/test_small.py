"""`make faults` in small: real processes, really killed, on the suite's database."""

import os

import pytest
from django.db import connection

from tests.faults import edits, keys, reads, reports
from tests.faults.mails import calm, dead, headers, mails, operations, scanners, stops
from tests.faults.mails.scanners import chromium
from tests.faults.stack import missing, running

SEED = 4


@pytest.fixture(scope="module")
def stack():
    """A server over a database of its own; where that cannot be, say so; fail in CI."""
    if message := missing(connection.vendor):
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with running(connection.vendor, SEED) as stack:
        yield stack


@pytest.mark.parametrize(
    ("part", "scale"),
    [
        (reports.run, 0.004),
        (keys.run, 0.001),
        (edits.run, 0.008),
        (reads.run, 0.006),
        # Below their smallest sizes, so these are what is run.
        (mails.run, 0.001),
        (calm.run, 0.001),
        (dead.run, 0.001),
        (stops.run, 0.001),
        (headers.run, 0.001),
        (operations.run, 0.001),
    ],
    ids=[
        *("reports", "keys", "edits", "reads"),
        *("mails", "calm", "dead", "stops", "headers", "random"),
    ],
)
def test_promises_are_kept_under_fire(stack, part, scale):
    lines = part(stack, scale=scale, seed=SEED)
    assert [str(line) for line in lines if not line.is_kept] == []


def test_links_in_mails_do_nothing_by_being_opened(stack):
    if chromium() is None:
        message = "NO CHROMIUM: no browser opens the links in mails."
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    lines = scanners.run(stack, scale=0.001, seed=SEED)
    assert [str(line) for line in lines if not line.is_kept] == []
