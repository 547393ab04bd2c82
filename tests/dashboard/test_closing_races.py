"""On PostgreSQL no row slips in between counting and closing."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from agreements.models import Visit
from dashboard.closing import close_year, finish
from municipalities.models import Municipality
from tests.agreements.factories import VisitFactory
from tests.municipalities.factories import MunicipalityFactory

AT = dt.datetime(2017, 5, 1, tzinfo=dt.UTC)
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite has one writer at a time"
    ),
]


@pytest.fixture
def place(db):
    VisitFactory(visited_on=dt.date(2016, 10, 3))
    return MunicipalityFactory()


def record(place, before_commit=lambda: None):
    """Record a visit in 2016; tell whether it was refused."""
    try:
        with transaction.atomic():
            VisitFactory(
                municipality=Municipality.objects.get(pk=place.pk),
                visited_on=dt.date(2016, 11, 1),
            )
            before_commit()
    except ValidationError:
        return True
    finally:
        connection.close()
    return False


def frozen_visits(closing):
    return closing.figures.get(indicator="agreements.visits", breakdown="").value


def test_closing_waits_for_a_row_that_is_being_written(place):
    is_written, may_commit = Event(), Event()

    def hold():
        is_written.set()
        assert may_commit.wait(timeout=30)

    def close():
        try:
            return finish(close_year(year=2016, actor=None, at=AT))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(record, place, hold)
        assert is_written.wait(timeout=30)
        closing = pool.submit(close)
        with pytest.raises(TimeoutError):
            closing.result(timeout=1)
        may_commit.set()
        assert writing.result(timeout=30) is False
        assert frozen_visits(closing.result(timeout=30)) == 2


def test_row_written_while_the_year_is_being_closed_waits_and_is_refused(place):
    steps = close_year(year=2016, actor=None, at=AT)
    next(steps)
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(record, place)
        with pytest.raises(TimeoutError):
            writing.result(timeout=1)
        closing = finish(steps)
        assert writing.result(timeout=30) is True
    assert frozen_visits(closing) == Visit.objects.count() == 1
