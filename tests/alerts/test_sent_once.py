"""The same form sent eight times at once is one report; other texts stay beside it."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from alerts.models import FollowUp, IncidentReport
from core.access import Role
from tests.accounts.factories import WorkplaceFactory
from tests.alerts.test_report_form import URL, typed
from tests.conftest import grant
from tests.municipalities.factories import MunicipalityFactory

AT_ONCE = 8
KEY = str(uuid.UUID(int=8))
JSON = {"Accept": "application/json"}


def send_at_once(forms):
    """Send each form by a client of its own, all by one person; return the answers."""
    MunicipalityFactory(name="見本市")
    user = grant(Role.FIELD_STAFF, workplace=WorkplaceFactory())
    clients = [Client() for _ in forms]
    for client in clients:
        client.force_login(user)
    # Tests on SQLite run in memory, in one connection: there, one after the other.
    threads = 1 if connection.vendor == "sqlite" else len(forms)
    barrier = Barrier(threads)

    def send(client, data):
        barrier.wait(timeout=30)
        try:
            return client.post(URL, data, headers=JSON)
        finally:
            if threads > 1:
                connection.close()

    if threads == 1:
        return [send(*pair) for pair in zip(clients, forms, strict=True)]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(send, clients, forms))


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_are_one_report():
    answers = send_at_once([typed(client_key=KEY)] * AT_ONCE)
    assert len({answer.json()["receipt"] for answer in answers}) == 1
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert IncidentReport.objects.count() == 1
    assert not FollowUp.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_eight_texts_at_once_are_one_report_and_seven_notes():
    texts = [f"文その{number}" for number in range(AT_ONCE)]
    forms = [typed(client_key=KEY, narrative=text) for text in texts]
    answers = send_at_once(forms)
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    notes = "\n".join(FollowUp.objects.values_list("text", flat=True))
    kept = f"{IncidentReport.objects.get().narrative}\n{notes}"
    assert all(text in kept for text in texts)


@pytest.mark.django_db(transaction=True)
def test_same_second_text_eight_times_at_once_is_one_note():
    other = typed(client_key=KEY, narrative="ほかの文")
    answers = send_at_once([typed(client_key=KEY), *[other] * AT_ONCE])
    assert len({answer.json()["receipt"] for answer in answers}) == 1
    assert IncidentReport.objects.count() == 1
    assert FollowUp.objects.count() == 1
