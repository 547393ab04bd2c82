"""The same form sent eight times at once is one report."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from alerts.models import IncidentReport
from core.access import Role
from tests.accounts.factories import WorkplaceFactory
from tests.alerts.test_report_form import URL, typed
from tests.conftest import grant
from tests.municipalities.factories import MunicipalityFactory

AT_ONCE = 8


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_are_one_report():
    MunicipalityFactory(name="見本市")
    user = grant(Role.FIELD_STAFF, workplace=WorkplaceFactory())
    data = typed(client_key=str(uuid.UUID(int=8)))
    clients = [Client() for _ in range(AT_ONCE)]
    for client in clients:
        client.force_login(user)
    # Tests on SQLite run in memory, in one connection: there, one after the other.
    threads = 1 if connection.vendor == "sqlite" else AT_ONCE
    barrier = Barrier(threads)

    def send(client):
        barrier.wait(timeout=30)
        try:
            return client.post(URL, data).headers["Location"]
        finally:
            if threads > 1:
                connection.close()

    if threads == 1:
        addresses = {send(client) for client in clients}
    else:
        with ThreadPoolExecutor(threads) as pool:
            addresses = set(pool.map(send, clients))
    assert len(addresses) == 1
    assert IncidentReport.objects.count() == 1
