"""`make faults` in small: real processes, really killed, on the suite's database."""

import os

import pytest
from django.db import connection

from tests.faults import edits, keys, reads, reports
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
    ],
    ids=["reports", "keys", "edits", "reads"],
)
def test_promises_are_kept_under_fire(stack, part, scale):
    lines = part(stack, scale=scale, seed=SEED)
    assert [str(line) for line in lines if not line.is_kept] == []
