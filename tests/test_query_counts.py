"""Every list and page costs as many queries with twenty rows as with one.

The rows come from `fill(count)` in `tests/<program>/rows.py`.
"""

import datetime as dt
from importlib import import_module

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.programs import installed_programs
from dashboard.indicators import Moment, registry
from tests.accounts.factories import UserFactory

YEAR = Moment(2016, dt.date(2017, 3, 20))
PROGRAMS = [program.label for program in installed_programs()]
# More would be a page that asks for each thing separately.
MOST = 25


@pytest.fixture
def everything(db):
    """Signed in with every right, so that pages show all they have."""
    client = Client()
    client.force_login(UserFactory(is_superuser=True))
    return client


def lists_of(label):
    """Return the addresses of the lists in the navigation and behind the figures."""
    program = next(one for one in installed_programs() if one.label == label)
    behind = [one for one in registry if one.app_label == label and one.rows]
    return {
        *(reverse(page.url) for page in program.pages),
        *(one.rows_url(YEAR) for one in behind),
    }


def measure(client, address):
    """Return the queries of a page that was opened before, and its number of rows."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address)
    assert page.status_code == 200, address
    table = (page.context or {}).get("table")
    return [q["sql"] for q in queries], len(table.rows) if table else 0


@pytest.mark.parametrize("label", PROGRAMS)
def test_query_counts_are_the_same_for_one_row_and_twenty(everything, label):
    fill = import_module(f"tests.{label}.rows").fill
    addresses = sorted(lists_of(label) | set(fill(1)))
    few = {address: measure(everything, address) for address in addresses}
    fill(20)
    for address in addresses:
        queries, rows = measure(everything, address)
        before, rows_before = few[address]
        assert len(queries) <= MOST, address
        assert len(queries) == len(before), (address, set(queries) - set(before))
        if "fiscal_year=" in address or "on=" in address:
            assert rows >= rows_before + 20, f"{address} shows no more rows"
