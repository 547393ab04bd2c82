"""Two officers who merge the same two reports crosswise do not make a circle."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from alerts.merging import merge
from alerts.models import IncidentReport
from core.access import Role
from tests.alerts.factories import IncidentReportFactory, at
from tests.conftest import grant

ROUNDS = 5


@pytest.mark.django_db(transaction=True)
def test_merging_crosswise_at_once_leaves_one_that_counts():
    actor = grant(Role.DUTY_OFFICER)
    # Tests on SQLite run in memory, in one connection: there, one after the other.
    threads = 1 if connection.vendor == "sqlite" else 2
    barrier = Barrier(threads)

    def join(pair):
        report, into = (IncidentReport.objects.get(pk=one.pk) for one in pair)
        barrier.wait(timeout=30)
        data = {"actor": actor, "at": at(2016, 10, 4, 12, 0), "version": 1}
        try:
            merge(report=report, into=into, **data)
        except ValidationError:
            return False
        else:
            return True
        finally:
            if threads > 1:
                connection.close()

    for _round in range(ROUNDS):
        one, two = IncidentReportFactory.create_batch(2)
        crosswise = [(one, two), (two, one)]
        if threads == 1:
            done = [join(pair) for pair in crosswise]
        else:
            with ThreadPoolExecutor(threads) as pool:
                done = list(pool.map(join, crosswise))
        assert sorted(done) == [False, True]
        rows = IncidentReport.objects.filter(pk__in=[one.pk, two.pk])
        assert rows.counted().count() == 1
