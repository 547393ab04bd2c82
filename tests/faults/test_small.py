"""`make faults` in small: real processes, really killed, on the suite's database."""

import os

import pytest
from django.db import connection

from tests.faults import edits, keys, reads, reports
from tests.faults.databases import programs
from tests.faults.stack import running

SEED = 4


@pytest.fixture(scope="module")
def stack():
    """A server over a database of its own; without one say so, and fail in CI."""
    if connection.vendor == "postgresql" and programs() is None:
        message = "NO INITDB: faults are not injected into PostgreSQL."
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
        (reads.run, 0.004),
    ],
    ids=["reports", "keys", "edits", "reads"],
)
def test_promises_are_kept_under_fire(stack, part, scale):
    lines = part(stack, scale=scale, seed=SEED)
    assert [str(line) for line in lines if not line.is_kept] == []
