"""Valid plans and days without deliveries."""

import datetime as dt

import factory

from deliveries.models import DayOff, Plan
from tests.accounts.factories import WorkplaceFactory


class PlanFactory(factory.django.DjangoModelFactory):
    """Evening meals on every weekday, expected by six in the evening."""

    member_number = factory.Sequence(lambda n: f"M{n:05}")
    service = Plan.Service.MEALS
    weekdays = "01234"
    expected_by = dt.time(18, 0)
    workplace = factory.SubFactory(WorkplaceFactory)
    valid_from = dt.date(2016, 4, 1)

    class Meta:
        model = Plan


class DayOffFactory(factory.django.DjangoModelFactory):
    day = dt.date(2016, 10, 3)

    class Meta:
        model = DayOff
