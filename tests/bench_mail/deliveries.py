"""Deliveries to members of whom each has one family member to tell."""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from accounts.models import User, Workplace
from deliveries.models import Delivery, FamilyLink, Notice, Subscription
from deliveries.services import Entry, record_deliveries
from municipalities.models import Municipality
from outbox.models import Mail
from tests.accounts.factories import UserFactory, WorkplaceFactory
from tests.deliveries.factories import SubscriptionFactory
from tests.municipalities.factories import MunicipalityFactory

BATCH = 1_000
SWEEP = {"postgresql": "VACUUM ANALYZE", "sqlite": "ANALYZE"}
# From those that refer to those referred to.
TABLES = (Mail, Notice, Delivery, FamilyLink, Subscription)


def clear(tables: Sequence[type[Model]] = TABLES) -> None:
    """Empty tables, and leave nothing to sweep up to what is measured next."""
    for model in tables:
        model._default_manager.all()._raw_delete("default")
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute(SWEEP[connection.vendor])


def entries(count: int) -> list[Entry]:
    """Return deliveries of this minute, and make the subscriptions about them."""
    settings.DELIVERIES_QUIET_HOURS = "00:00-00:00"
    # An hour of day at which the minute before is the same day.
    now = timezone.localtime() - dt.timedelta(minutes=1)
    sample = SubscriptionFactory.build(municipality=None)
    place = Municipality.objects.first() or MunicipalityFactory()
    numbers = [f"M{n:07}" for n in range(count)]
    Subscription.objects.bulk_create(
        [
            Subscription(
                **{
                    field.attname: getattr(sample, field.attname)
                    for field in Subscription._meta.concrete_fields
                    if field.attname in COPIED
                },
                municipality=place,
                member_number=number,
                email=f"family-{number}@example.jp",
            )
            for number in numbers
        ],
        batch_size=BATCH,
    )
    return [
        Entry(
            external_id=f"D{number}",
            member_number=number,
            delivered_on=now.date(),
            delivered_at=now.time().replace(microsecond=0),
            status=Delivery.Status.HANDED_OVER,
        )
        for number in numbers
    ]


COPIED = {
    *("member_name", "family_name", "consent_on", "consent_form", "consent_by"),
    *("started_on", "confirmed_on"),
}


def reporter() -> tuple[Workplace, User]:
    """Return where and by whom deliveries are recorded."""
    return (
        Workplace.objects.first() or WorkplaceFactory(),
        User.objects.first() or UserFactory(),
    )


def record(rows: Sequence[Entry]) -> None:
    """Record them with their notices, in batches as the interface takes them."""
    workplace, user = reporter()
    for start in range(0, len(rows), BATCH):
        record_deliveries(
            entries=rows[start : start + BATCH],
            workplace=workplace,
            recorded_by=user,
            at=timezone.now(),
        )
