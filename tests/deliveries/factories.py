"""Valid subscriptions, deliveries and notices."""

import datetime as dt

import factory

from deliveries.models import Bounce, Delivery, Notice, Subscription
from tests.accounts.factories import UserFactory, WorkplaceFactory
from tests.municipalities.factories import MunicipalityFactory

MORNING = dt.datetime(2016, 10, 3, 1, 30, tzinfo=dt.UTC)  # 10:30 in Japan


class SubscriptionFactory(factory.django.DjangoModelFactory):
    member_number = factory.Sequence(lambda n: f"M{n:05}")
    member_name = "見本 花子"
    municipality = factory.SubFactory(MunicipalityFactory)
    family_name = "架空 一郎"
    email = "ichiro@example.jp"
    consent_on = dt.date(2016, 4, 1)
    consent_form = Subscription.ConsentForm.PAPER
    consent_by = "見本 太郎"
    started_on = dt.date(2016, 4, 1)
    confirmed_on = dt.date(2016, 4, 1)

    class Meta:
        model = Subscription


class DeliveryFactory(factory.django.DjangoModelFactory):
    external_id = factory.Sequence(lambda n: f"D{n:06}")
    member_number = "M00001"
    delivered_on = dt.date(2016, 10, 3)
    delivered_at = dt.time(10, 5)
    status = Delivery.Status.HANDED_OVER
    workplace = factory.SubFactory(WorkplaceFactory)
    recorded_by = factory.SubFactory(UserFactory)

    class Meta:
        model = Delivery


class NoticeFactory(factory.django.DjangoModelFactory):
    """A notice that waits; `SentNoticeFactory` gives one that went out.

    Nothing is in the outbox for it: `deliveries.services.queue_notices` puts it there.
    """

    subscription = factory.SubFactory(SubscriptionFactory)
    delivery = factory.SubFactory(
        DeliveryFactory,
        member_number=factory.SelfAttribute("..subscription.member_number"),
    )
    noticed_for = factory.SelfAttribute("delivery.delivered_on")
    happened_at = factory.SelfAttribute("delivery.happened_at")

    class Meta:
        model = Notice


class SentNoticeFactory(NoticeFactory):
    state = Notice.State.SENT
    sent_at = MORNING


class BounceFactory(factory.django.DjangoModelFactory):
    """A mail that came back for good, on the morning of the delivery."""

    subscription = factory.SubFactory(SubscriptionFactory)
    key = factory.Sequence(lambda n: f"bounce-{n}")
    kind = Bounce.Kind.PERMANENT
    source = Bounce.Source.MAILBOX
    code = "5.1.1"
    bounced_at = MORNING
    bounced_on = dt.date(2016, 10, 3)

    class Meta:
        model = Bounce
