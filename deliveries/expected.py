"""Which deliveries are expected on a day, and which of them have come.

A delivery does not say of which service it is. So the plans of a member's day are taken
in the order in which they are due: of two planned deliveries and one recorded, the one
that is due first has come, and the other is missed from its own time on. Public
holidays are ordinary days here; days without deliveries are listed as `DayOff`.
"""

import datetime as dt

from django.db import models
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import fiscal

from .models import DayOff, Delivery, Plan, Subscription


class Progress(models.TextChoices):
    """How far a planned delivery has come."""

    MISSING = "missing", _("Missing")
    WAITING = "waiting", _("Still to come")
    DELIVERED = "delivered", _("Delivered")
    OFF = "off", _("Day without deliveries")


def in_force(plans: QuerySet[Plan], day: dt.date) -> QuerySet[Plan]:
    """Return the plans that hold on a day, whatever its weekday.

    Of several plans of a member and a service the one begun last counts, so that a new
    one takes the place of the old one from its first day on.
    """
    newer = Plan.objects.filter(
        member_number=OuterRef("member_number"),
        service=OuterRef("service"),
        valid_from__gt=OuterRef("valid_from"),
        valid_from__lte=day,
    )
    return plans.filter(
        ~Exists(newer),
        Q(valid_until__isnull=True) | Q(valid_until__gte=day),
        valid_from__lte=day,
    )


def planned_on(plans: QuerySet[Plan], day: dt.date) -> QuerySet[Plan]:
    """Return the plans of a day by its weekday, days without deliveries included."""
    return in_force(plans, day).filter(weekdays__contains=str(day.weekday()))


def with_progress(
    plans: QuerySet[Plan], day: dt.date, at: dt.datetime
) -> QuerySet[Plan]:
    """Add to plans of the day how far they have come at an instant; no query more.

    Adds `is_off`, `came` (the member's deliveries of the day that stand), `place` (the
    how manieth of the member's plans it is by time, from 1), `progress` (Progress) and
    `came_at` (None unless delivered).
    """
    off = DayOff.objects.filter(day=day).filter(
        Q(workplace__isnull=True) | Q(workplace=OuterRef("workplace"))
    )
    before = planned_on(Plan.objects.all(), day).filter(
        ~Exists(off),
        Q(expected_by__lt=OuterRef("expected_by"))
        | Q(expected_by=OuterRef("expected_by"), pk__lt=OuterRef("pk")),
        member_number=OuterRef("member_number"),
    )
    came = Delivery.objects.standing().filter(
        member_number=OuterRef("member_number"), delivered_on=day
    )
    return plans.annotate(
        is_off=Exists(off),
        came=_aggregate(came, Count("pk"), 0),
        place=_aggregate(before, Count("pk"), 0) + 1,
        progress=Case(
            When(is_off=True, then=Value(Progress.OFF)),
            When(came__gte=F("place"), then=Value(Progress.DELIVERED)),
            When(_is_due(day, at), then=Value(Progress.MISSING)),
            default=Value(Progress.WAITING),
            output_field=models.CharField(_("state"), choices=Progress.choices),
        ),
        came_at=Case(
            When(~Q(progress=Progress.DELIVERED), then=None),
            When(place=1, then=_aggregate(came, Min("delivered_at"))),
            default=_aggregate(came, Max("delivered_at")),
            output_field=models.TimeField(),
        ),
    )


def by_concern() -> Case:
    """Return the order of `progress`: what is missing first, days off last."""
    places = [
        When(progress=progress, then=Value(place))
        for place, progress in enumerate(Progress)
    ]
    return Case(*places, output_field=models.IntegerField())


def with_families(plans: QuerySet[Plan], day: dt.date) -> QuerySet[Plan]:
    """Add `families`: how many subscriptions to the member are in force on the day."""
    subscriptions = Subscription.objects.in_force(day).filter(
        member_number=OuterRef("member_number")
    )
    return plans.annotate(families=_aggregate(subscriptions, Count("pk"), 0))


def _is_due(day: dt.date, at: dt.datetime) -> Q:
    """Return the condition for plans whose time has passed at an instant."""
    local = timezone.localtime(at)
    if day == fiscal.local_date(at):
        return Q(expected_by__lte=local.time())
    return Q(pk__isnull=day > fiscal.local_date(at))


def _aggregate(
    rows: QuerySet, measure: models.Aggregate, empty: int | None = None
) -> models.Expression:
    """Return a measure over the rows of the same member; `empty` without any."""
    grouped = rows.order_by().values("member_number")
    value = Subquery(grouped.annotate(measured=measure).values("measured"))
    return value if empty is None else Coalesce(value, empty)
