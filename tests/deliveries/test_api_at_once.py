"""Two terminals that report the same deliveries at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections

from accounts.models import ApiToken
from deliveries.models import Bounce, Delivery, Notice
from deliveries.services import Entry, record_deliveries
from outbox.models import Mail
from tests.accounts.factories import WorkplaceFactory
from tests.conftest import grant
from tests.deliveries.api import BOUNCES, bearer, item, post
from tests.deliveries.factories import SentNoticeFactory, SubscriptionFactory
from tests.deliveries.test_api_deliveries import NOW

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6
EACH = 20


@pytest.fixture(autouse=True)
def several_connections(monkeypatch, settings):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite in memory has one connection only")
    monkeypatch.setattr("deliveries.api.timezone.now", lambda: NOW)
    settings.EMAIL_BACKEND = "outbox.backend.EmailBackend"


def together(*calls):
    """Call all at the same moment; return what each returned."""
    barrier = Barrier(len(calls))

    def run(call):
        barrier.wait(timeout=60)
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def test_each_delivery_is_created_once_and_told_once():
    SubscriptionFactory(member_number="M00001")
    client = bearer(grant("coordinator_deliveries", workplace=WorkplaceFactory()))
    # In several orders, which must not make them wait for one another for ever.
    orders = [range(EACH), range(EACH - 1, -1, -1)] * (AT_ONCE // 2)
    told = together(
        *(
            lambda numbers=numbers: post(client, *(item(n) for n in numbers))
            for numbers in orders
        )
    )
    outcomes = [(one["external_id"], one["result"]) for each in told for one in each]
    created = [external_id for external_id, result in outcomes if result == "created"]
    assert sorted(created) == sorted(f"D-{n}" for n in range(EACH))
    assert len(outcomes) - len(created) == outcomes_of("unchanged", outcomes)
    assert Delivery.objects.count() == EACH
    assert Notice.objects.count() == Mail.objects.count() == EACH
    assert ApiToken.objects.get().last_used_at == NOW


def outcomes_of(result, outcomes):
    return sum(one == result for _external_id, one in outcomes)


def test_list_brought_in_meanwhile_is_no_error():
    centre = WorkplaceFactory()
    user = grant("coordinator_deliveries", workplace=centre)
    client = bearer(user)

    def bring_in(status):
        entries = [
            Entry(f"D-{n}", "M00001", NOW.date(), NOW.time(), status)
            for n in range(EACH)
        ]
        return record_deliveries(
            entries=entries, workplace=centre, recorded_by=user, at=NOW
        )

    items = [
        item(n, delivered_at="2016-10-03T02:00:00+09:00")
        for n in range(EACH - 1, -1, -1)
    ]
    together(
        lambda: bring_in("handed_over"),
        lambda: post(client, *items),
        lambda: bring_in("handed_over"),
        lambda: post(client, *items),
    )
    assert Delivery.objects.count() == EACH


def test_returned_mail_that_is_posted_at_once_counts_once():
    SentNoticeFactory(message_id="<m1@coop.example.jp>")
    client = bearer(grant("coordinator_deliveries"))
    event = {
        "event_id": "ev-1",
        "message_id": "m1@coop.example.jp",
        "kind": "permanent",
        "at": "2016-10-03T10:30:00+09:00",
    }
    told = together(*([lambda: post(client, event, url=BOUNCES)] * AT_ONCE))
    assert {one["result"] for each in told for one in each} <= {"created", "unchanged"}
    assert Bounce.objects.count() == 1
