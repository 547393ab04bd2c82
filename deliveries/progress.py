"""How far a subscription has come: what list, filter and page say of it alike."""

import datetime as dt

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from .models import Subscription


class Progress(models.TextChoices):
    """How far a subscription has come."""

    UNCONFIRMED = "unconfirmed", _("Address not confirmed")
    HELD = "held", _("On hold")
    PAUSED = "paused", _("Paused")
    OPEN = "open", _("Gets notices")
    ENDED = "ended", _("Ended")


class Wanted(models.TextChoices):
    """What the list can be narrowed to; a subscription may be several of them."""

    UNCONFIRMED = Progress.UNCONFIRMED.value, Progress.UNCONFIRMED.label
    OPEN = Progress.OPEN.value, _("Confirmed")
    HELD = Progress.HELD.value, Progress.HELD.label
    ENDED = Progress.ENDED.value, Progress.ENDED.label
    STOPPED = "stopped", _("Stopped by the family")


# The ends that a family brought about itself.
BY_FAMILY = (Subscription.EndedHow.LINK, Subscription.EndedHow.ONE_CLICK)


def progress_of(subscription: Subscription, today: dt.date) -> Progress:
    """Return how far it has come; of several things the one that keeps mails back."""
    if not subscription.is_open:
        return Progress.ENDED
    if subscription.confirmed_on is None:
        return Progress.UNCONFIRMED
    if subscription.is_held:
        return Progress.HELD
    return Progress.PAUSED if subscription.is_paused(today) else Progress.OPEN


def narrow(subscriptions: QuerySet[Subscription], wanted: str) -> QuerySet:
    """Return the subscriptions that are what is wanted."""
    if wanted == Wanted.STOPPED:
        return subscriptions.filter(ended_how__in=BY_FAMILY)
    if wanted == Wanted.ENDED:
        return subscriptions.filter(ended_on__isnull=False)
    standing = subscriptions.filter(ended_on__isnull=True)
    if wanted == Wanted.HELD:
        return standing.filter(held_since__isnull=False)
    return standing.filter(confirmed_on__isnull=wanted == Wanted.UNCONFIRMED)
