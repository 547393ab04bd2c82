"""Several runs of `escalate` at once take each step once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core import mail
from django.db import connection

from alerts.escalation import escalate
from alerts.models import Escalation
from core.access import Role
from tests.alerts.factories import IncidentReportFactory, at
from tests.conftest import grant

AT_ONCE = 4
REPORTS = 10


@pytest.mark.django_db(transaction=True)
def test_runs_at_once_send_each_mail_once():
    grant(Role.DUTY_OFFICER, email="officer@example.test")
    grant(Role.MANAGER, email="manager@example.test")
    IncidentReportFactory.create_batch(REPORTS)
    # Tests on SQLite run in memory, in one connection: there, one after the other.
    threads = 1 if connection.vendor == "sqlite" else AT_ONCE
    barrier = Barrier(threads)

    def run(_number):
        barrier.wait(timeout=30)
        try:
            return escalate(now=at(2016, 10, 4, 12, 0))
        finally:
            if threads > 1:
                connection.close()

    if threads == 1:
        runs = [run(number) for number in range(AT_ONCE)]
    else:
        with ThreadPoolExecutor(threads) as pool:
            runs = list(pool.map(run, range(AT_ONCE)))
    assert sum(one.failed for one in runs) == 0
    assert sum(one.sent.total() for one in runs) == 2 * REPORTS
    assert Escalation.objects.count() == len(mail.outbox) == 2 * REPORTS
    assert len({one.extra_headers["Message-ID"] for one in mail.outbox}) == 2 * REPORTS
