"""Filters of the lists of subscriptions, deliveries and notices."""

import django_filters as df
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core import fiscal
from core.filters import (
    AsOfFilter,
    FiscalYearFilter,
    ProgramFilterSet,
    SearchFilter,
    UntilFilter,
    YesNoFilter,
)
from municipalities.filters import MunicipalityFilter, PrefectureFilter

from .forms import delivery_centres
from .models import Delivery, Notice, Subscription


class Progress(models.TextChoices):
    """How far a subscription has come."""

    UNCONFIRMED = "unconfirmed", _("Address not confirmed")
    OPEN = "open", _("Confirmed")
    ENDED = "ended", _("Ended")


class SubscriptionFilterSet(ProgramFilterSet):
    """Filters of the list of subscriptions."""

    q = SearchFilter(keys=["search_key"])
    on = AsOfFilter(method_name="in_force", label=_("In force on the day"))
    state = df.ChoiceFilter(
        label=_("state"), choices=Progress.choices, method="filter_state"
    )
    paused = YesNoFilter(label=_("Paused today"), method="filter_paused")
    prefecture = PrefectureFilter()
    municipality = MunicipalityFilter()

    class Meta:
        model = Subscription
        fields = ("q", "on", "state", "paused", "prefecture", "municipality")

    def filter_state(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        """Return the subscriptions that have come so far."""
        if value == Progress.ENDED:
            return qs.filter(ended_on__isnull=False)
        confirmed = value == Progress.OPEN
        return qs.filter(ended_on__isnull=True, confirmed_on__isnull=not confirmed)

    def filter_paused(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        """Return the subscriptions that are, or are not, paused today."""
        paused = Subscription.objects.paused(fiscal.local_date()).values("pk")
        if value == "true":
            return qs.filter(pk__in=paused)
        return qs.exclude(pk__in=paused)


class DeliveryFilterSet(ProgramFilterSet):
    """Filters of the list of deliveries."""

    q = SearchFilter(keys=["search_key"], label=_("Member number or delivery ID"))
    fiscal_year = FiscalYearFilter()
    until = UntilFilter(field_name="delivered_on")
    status = df.ChoiceFilter(choices=Delivery.Status.choices)
    workplace = df.ModelChoiceFilter(queryset=lambda request: delivery_centres())

    class Meta:
        model = Delivery
        fields = ("q", "fiscal_year", "until", "status", "workplace")


class NoticeFilterSet(ProgramFilterSet):
    """Filters of the list of notices."""

    q = SearchFilter(keys=["subscription__search_key"])
    fiscal_year = FiscalYearFilter()
    until = UntilFilter(field_name="noticed_for")
    state = df.ChoiceFilter(choices=Notice.State.choices)
    sent = YesNoFilter(label=_("Mail sent"), method="filter_sent")
    status = df.ChoiceFilter(
        field_name="delivery__status",
        label=_("Delivery status"),
        choices=Delivery.Status.choices,
    )
    prefecture = PrefectureFilter("subscription__municipality")
    municipality = MunicipalityFilter("subscription__municipality")

    class Meta:
        model = Notice
        fields = (
            "q",
            "fiscal_year",
            "until",
            "state",
            "sent",
            "status",
            "prefecture",
            "municipality",
        )

    def filter_sent(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        """Return the notices that are, or are not, sent."""
        if value == "true":
            return qs.sent()
        return qs.exclude(state=Notice.State.SENT)
