"""Rules that the database itself keeps."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from deliveries.models import Delivery, Notice, Subscription
from tests.deliveries.factories import (
    DeliveryFactory,
    NoticeFactory,
    SentNoticeFactory,
    SubscriptionFactory,
)

pytestmark = pytest.mark.django_db
BEFORE_CONSENT = dt.date(2016, 3, 31)


@pytest.mark.parametrize(
    ("model", "make", "change"),
    [
        (Subscription, SubscriptionFactory, {"started_on": BEFORE_CONSENT}),
        (Subscription, SubscriptionFactory, {"ended_on": BEFORE_CONSENT}),
        (Delivery, DeliveryFactory, {"status": "lost"}),
        (Notice, NoticeFactory, {"state": "sent"}),
        (Notice, SentNoticeFactory, {"state": "waiting"}),
        (Notice, NoticeFactory, {"state": "cancelled"}),
        (Notice, NoticeFactory, {"cancelled_for": "ended"}),
    ],
)
def test_contradiction_is_not_stored(model, make, change):
    make()
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**change)


def test_one_notice_per_subscription_delivery_and_kind():
    notice = NoticeFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        NoticeFactory(subscription=notice.subscription, delivery=notice.delivery)


def test_one_delivery_per_id():
    DeliveryFactory(external_id="D-1")
    with pytest.raises(IntegrityError), transaction.atomic():
        DeliveryFactory(external_id="D-1")


def test_one_open_subscription_per_member_and_address():
    first = SubscriptionFactory()
    SubscriptionFactory(member_number=first.member_number, ended_on=dt.date(2016, 5, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        SubscriptionFactory(
            member_number=first.member_number, email="ICHIRO@EXAMPLE.JP"
        )
