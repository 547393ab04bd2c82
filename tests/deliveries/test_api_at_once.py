"""Two terminals that report the same deliveries at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, Event
from time import sleep

import pytest
from django.db import connection, connections

from accounts.models import ApiToken
from deliveries.models import Bounce, Delivery, Notice
from deliveries.services import DeliveryConflict, Entry, record_deliveries
from outbox.models import Mail
from tests.accounts.factories import WorkplaceFactory
from tests.conftest import grant
from tests.deliveries.api import BOUNCES, bearer, item, post
from tests.deliveries.factories import SentNoticeFactory, SubscriptionFactory
from tests.deliveries.test_api_deliveries import NOW

pytestmark = pytest.mark.django_db(transaction=True)
# Whether a process on this database waits for what another one holds.
WAITING = (
    "SELECT EXISTS(SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    " AND datname = current_database())"
)
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


def test_list_and_report_do_not_wait_for_each_other_for_ever(monkeypatch):
    """The report has recorded one centre of two when the list comes."""
    centres = [WorkplaceFactory(code=code) for code in ("C1", "C2")]
    user = grant("coordinator_deliveries", workplace=centres[0])
    client, list_comes = bearer(user), Event()
    entries = [
        Entry(f"D-{n}", "M00001", NOW.date(), NOW.time(), "handed_over") for n in (1, 2)
    ]

    def list_of_both():
        assert list_comes.wait(timeout=60)
        with suppress(DeliveryConflict):
            record_deliveries(
                entries=entries, workplace=centres[0], recorded_by=user, at=NOW
            )

    def slowly(**kwargs):
        rows = record_deliveries(**kwargs)
        if not list_comes.is_set():
            list_comes.set()
            wait_for_a_lock()
        return rows

    monkeypatch.setattr("deliveries.receiving.record_deliveries", slowly)
    items = [item(2, workplace="C1"), item(1, workplace="C2")]
    [_none, told] = together(list_of_both, lambda: post(client, *items))
    assert [one["result"] for one in told] == ["created", "created"]


def wait_for_a_lock():
    """Wait until somebody waits for what somebody else holds."""
    for _look in range(500):
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
        sleep(0.02)
    raise AssertionError("nobody waits")


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
