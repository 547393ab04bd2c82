"""Recording deliveries: once each, with the notices they bring."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from deliveries import services
from deliveries.models import Delivery, Notice
from deliveries.services import DeliveryConflict, Entry, record_delivery
from outbox.models import Mail
from tests.accounts.factories import UserFactory
from tests.deliveries.factories import MORNING, SubscriptionFactory

pytestmark = pytest.mark.django_db
DAY = dt.date(2016, 10, 3)
ENTRY = Entry("D-1", "M1", DAY, dt.time(10, 5), "handed_over")


@pytest.fixture
def record(workplace):
    """Record a delivery on the morning of 3 October 2016."""
    user = UserFactory()

    def record(at=MORNING, **changes):
        return record_delivery(
            entry=ENTRY._replace(**changes),
            workplace=workplace,
            recorded_by=user,
            at=at,
        )

    return record


def test_every_family_of_the_member_gets_a_notice(record):
    families = {
        SubscriptionFactory(member_number="M1", email=f"{name}@example.jp")
        for name in ("ichiro", "jiro")
    }
    SubscriptionFactory(member_number="M2")
    delivery = record()
    notices = Notice.objects.all()
    assert {notice.subscription for notice in notices} == families
    assert {(n.delivery, n.state, n.noticed_for) for n in notices} == {
        (delivery, "waiting", DAY)
    }


def test_same_delivery_twice_is_one_with_one_notice(record):
    SubscriptionFactory(member_number="M1")
    assert record() == record()
    assert (Delivery.objects.count(), Notice.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"member_number": "M2"},
        {"status": "left"},
        {"delivered_at": dt.time(10, 6)},
        {"delivered_on": DAY - dt.timedelta(days=1)},
    ],
)
def test_same_id_with_another_content_is_refused_by_name(record, change):
    record()
    with pytest.raises(DeliveryConflict, match="D-1"):
        record(**change)
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize(
    "state",
    [
        {"confirmed_on": None},
        {"confirmed_on": DAY + dt.timedelta(days=1)},
        {"started_on": DAY + dt.timedelta(days=1)},
        {"ended_on": DAY},
        {"paused_until": DAY},
    ],
)
def test_no_notice_for_who_must_not_get_one(record, state):
    SubscriptionFactory(member_number="M1", **state)
    record()
    assert not Notice.objects.exists()


def test_pause_that_is_over_brings_notices_again(record):
    SubscriptionFactory(member_number="M1", paused_until=DAY - dt.timedelta(days=1))
    record()
    assert Notice.objects.count() == 1


def test_old_news_is_recorded_without_a_notice(record):
    SubscriptionFactory(member_number="M1")
    record(at=MORNING + dt.timedelta(days=2))
    assert Delivery.objects.count() == 1
    assert not Notice.objects.exists()
    record(external_id="D-2", at=MORNING + dt.timedelta(hours=17))
    assert Notice.objects.count() == 1


def test_family_that_stopped_today_is_not_told_of_yesterday(record):
    SubscriptionFactory(member_number="M1", ended_on=DAY + dt.timedelta(days=1))
    record()
    assert not Notice.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer")
def test_two_terminals_with_the_same_deliveries_at_once(workplace):
    """In opposite order, so that they would block each other."""
    user = UserFactory()
    SubscriptionFactory(member_number="M1")
    entries = [ENTRY._replace(external_id=f"D-{n}") for n in range(40)]
    start = threading.Barrier(4)

    def record(mine):
        start.wait()
        try:
            return services.record_deliveries(
                entries=mine, workplace=workplace, recorded_by=user, at=MORNING
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        lists = [entries, entries[::-1], entries[10:], entries[:30][::-1]]
        results = list(pool.map(record, lists))
    assert [len(rows) for rows in results] == [40, 40, 30, 30]
    assert Delivery.objects.count() == Notice.objects.count() == 40
    assert Mail.objects.count() == 40
