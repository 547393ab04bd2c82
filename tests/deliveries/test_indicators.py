"""Values of the program's own indicators at the edges of a year."""

import datetime as dt

import pytest

from dashboard.indicators import Moment, registry
from deliveries.models import Notice
from deliveries.services import take_back
from tests.deliveries.factories import (
    MORNING,
    BounceFactory,
    DeliveryFactory,
    NoticeFactory,
    SentNoticeFactory,
    SubscriptionFactory,
)

YEARS = [Moment(2016, dt.date(2017, 3, 20)), Moment(2017, dt.date(2018, 3, 20))]
LAST_DAY = dt.date(2017, 3, 20)
DAY_AFTER = dt.date(2017, 3, 21)
pytestmark = pytest.mark.django_db


def numbers(key, by=""):
    found = registry[key].numbers(YEARS, by)
    return {place: number.value for place, number in found.items()}


def test_subscription_counts_from_its_confirmation():
    SubscriptionFactory(confirmed_on=LAST_DAY)
    SubscriptionFactory(confirmed_on=DAY_AFTER)
    SubscriptionFactory(confirmed_on=None)
    assert numbers("deliveries.subscriptions") == {(2016, ""): 1, (2017, ""): 2}


def test_subscription_does_not_count_on_the_day_it_ends():
    SubscriptionFactory(ended_on=LAST_DAY)
    assert numbers("deliveries.subscriptions") == {}
    SubscriptionFactory(ended_on=DAY_AFTER)
    assert numbers("deliveries.subscriptions") == {(2016, ""): 1}


def test_subscription_not_yet_begun_does_not_count():
    SubscriptionFactory(started_on=DAY_AFTER)
    assert numbers("deliveries.subscriptions") == {(2017, ""): 1}


def test_paused_subscription_counts():
    SubscriptionFactory(paused_until=dt.date(2017, 4, 30))
    assert numbers("deliveries.subscriptions")[2016, ""] == 1


def test_notice_belongs_to_the_year_of_the_delivery():
    SentNoticeFactory(
        delivery=DeliveryFactory(delivered_on=LAST_DAY),
        sent_at=dt.datetime(2017, 3, 21, 1, tzinfo=dt.UTC),
    )
    SentNoticeFactory(delivery=DeliveryFactory(delivered_on=DAY_AFTER))
    assert numbers("deliveries.notices_sent") == {(2016, ""): 1, (2017, ""): 1}


def test_only_sent_notices_count():
    NoticeFactory()
    NoticeFactory(state="failed")
    NoticeFactory(state="cancelled", cancelled_for="ended")
    assert numbers("deliveries.notices_sent") == {}


def test_breakdown_by_status_follows_the_delivery():
    notice = SentNoticeFactory(delivery=DeliveryFactory(status="left"))
    assert numbers("deliveries.notices_sent", "status") == {(2016, "left"): 1}
    code = notice.subscription.municipality.code
    assert numbers("deliveries.notices_sent", "municipality") == {(2016, code): 1}
    found = registry["deliveries.notices_sent"].numbers(YEARS, "status")
    assert found[2016, "left"].name != "left"


def test_bounce_belongs_to_the_year_of_its_day():
    BounceFactory(bounced_on=LAST_DAY)
    BounceFactory(bounced_on=DAY_AFTER, kind="complaint")
    assert numbers("deliveries.bounces") == {(2016, ""): 1, (2017, ""): 1}
    assert numbers("deliveries.bounces", "kind") == {
        (2016, "permanent"): 1,
        (2017, "complaint"): 1,
    }


@pytest.mark.parametrize(
    ("how", "counts"),
    [("link", True), ("one_click", True), ("coop", False), ("address", False)],
)
def test_only_ends_by_the_family_are_stops(how, counts):
    SubscriptionFactory(ended_on=LAST_DAY, ended_how=how)
    SubscriptionFactory(ended_on=DAY_AFTER, ended_how=how)
    expected = {(2016, ""): 1, (2017, ""): 1} if counts else {}
    assert numbers("deliveries.stops") == expected


def test_stops_are_told_apart_by_how_they_came():
    SubscriptionFactory(ended_on=LAST_DAY, ended_how="link")
    SubscriptionFactory(ended_on=LAST_DAY, ended_how="one_click")
    SubscriptionFactory()
    assert numbers("deliveries.stops", "how") == {
        (2016, "link"): 1,
        (2016, "one_click"): 1,
    }


def test_mail_sent_about_a_delivery_taken_back_counts_and_its_correction_does_not():
    notice = SentNoticeFactory()
    take_back(delivery=notice.delivery, by=notice.delivery.recorded_by, at=MORNING)
    correction = Notice.objects.get(kind="correction")
    correction.state, correction.sent_at = "sent", MORNING
    correction.save()
    assert numbers("deliveries.notices_sent") == {(2016, ""): 1}
