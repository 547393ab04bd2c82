"""A small set of rows on which the contract of the indicators is checked."""

import datetime as dt

from django.urls import reverse

from deliveries.models import DayOff, Delivery, Notice, Subscription
from tests.deliveries.factories import (
    BounceFactory,
    DeliveryFactory,
    NoticeFactory,
    SentNoticeFactory,
    SubscriptionFactory,
)
from tests.deliveries.plans import DayOffFactory, PlanFactory
from tests.municipalities.factories import MunicipalityFactory


def make_rows():
    """Make rows in 2016年度 in two prefectures, at its edges and beside it."""
    saitama = MunicipalityFactory(
        code="112038", prefecture_code="11", prefecture="埼玉県"
    )
    chiba = SubscriptionFactory()
    far = SubscriptionFactory(municipality=saitama, confirmed_on=dt.date(2017, 3, 20))
    SubscriptionFactory(municipality=saitama, paused_until=dt.date(2017, 4, 30))
    SubscriptionFactory(municipality=saitama, confirmed_on=None)
    SubscriptionFactory(confirmed_on=dt.date(2017, 3, 21))
    SubscriptionFactory(ended_on=dt.date(2017, 3, 20))
    SubscriptionFactory(ended_on=dt.date(2017, 3, 21))
    for subscription in (chiba, far):
        for status, day in (
            (Delivery.Status.HANDED_OVER, dt.date(2016, 3, 21)),
            (Delivery.Status.LEFT, dt.date(2016, 10, 3)),
            (Delivery.Status.PREVIOUS_UNTOUCHED, dt.date(2017, 3, 20)),
            (Delivery.Status.LEFT, dt.date(2017, 3, 21)),
        ):
            SentNoticeFactory(
                subscription=subscription,
                delivery__status=status,
                delivery__delivered_on=day,
            )
    SubscriptionFactory(ended_on=dt.date(2017, 3, 20), ended_how="link")
    SubscriptionFactory(
        municipality=saitama, ended_on=dt.date(2016, 5, 1), ended_how="one_click"
    )
    SubscriptionFactory(ended_on=dt.date(2017, 3, 21), ended_how="link")
    SubscriptionFactory(ended_on=dt.date(2016, 6, 1), ended_how="coop")
    for subscription in (chiba, far):
        for kind, day in (
            ("permanent", dt.date(2016, 3, 21)),
            ("complaint", dt.date(2017, 3, 20)),
            ("temporary", dt.date(2017, 3, 21)),
        ):
            BounceFactory(subscription=subscription, kind=kind, bounced_on=day)
    for state in Notice.UNSENT:
        NoticeFactory(subscription=chiba, state=state)
    NoticeFactory(
        subscription=far,
        state=Notice.State.CANCELLED,
        cancelled_for=Notice.Cancelled.PAUSED,
    )


def fill(count):
    """Make `count` rows more of every kind; return the pages they all stand on."""
    subscription = Subscription.objects.order_by("pk").first() or SubscriptionFactory()
    number = subscription.member_number
    delivery = Delivery.objects.order_by("pk").first()
    delivery = delivery or DeliveryFactory(member_number=number)
    SentNoticeFactory.create_batch(count)
    SentNoticeFactory.create_batch(count, subscription=subscription)
    SentNoticeFactory.create_batch(count, delivery=delivery)
    BounceFactory.create_batch(count)
    SubscriptionFactory.create_batch(
        count, ended_on=dt.date(2016, 10, 3), ended_how="link"
    )
    PlanFactory.create_batch(count)
    first = DayOff.objects.count()
    for number in range(first, first + count):
        DayOffFactory(day=dt.date(2016, 4, 1) + dt.timedelta(days=number))
    monday = "?on=2016-10-03"
    return [
        subscription.get_absolute_url(),
        delivery.get_absolute_url(),
        reverse("deliveries:expected_list") + monday,
        reverse("deliveries:plan_list"),
        reverse("deliveries:dayoff_list"),
    ]
