"""Filters of the lists of subscriptions, deliveries, notices and returned mails."""

import django_filters as df
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
from .models import Bounce, Delivery, Notice, Subscription
from .progress import Wanted, narrow


class SubscriptionFilterSet(ProgramFilterSet):
    """Filters of the list of subscriptions."""

    q = SearchFilter(keys=["search_key"])
    on = AsOfFilter(method_name="in_force", label=_("In force on the day"))
    state = df.ChoiceFilter(
        label=_("state"), choices=Wanted.choices, method="filter_state"
    )
    paused = YesNoFilter(label=_("Paused today"), method="filter_paused")
    fiscal_year = FiscalYearFilter(
        field_name="ended_year", label=_("Ended in the fiscal year")
    )
    until = UntilFilter(field_name="ended_on", label=_("Ended up to"))
    how = df.ChoiceFilter(
        field_name="ended_how",
        label=_("how it ended"),
        choices=Subscription.EndedHow.choices,
    )
    prefecture = PrefectureFilter()
    municipality = MunicipalityFilter()

    class Meta:
        model = Subscription
        fields = (
            "q",
            "on",
            "state",
            "paused",
            "fiscal_year",
            "until",
            "how",
            "prefecture",
            "municipality",
        )

    def filter_state(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        """Return the subscriptions that are what is wanted."""
        return narrow(qs, value)

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
    taken_back = YesNoFilter(label=_("Taken back"), method="filter_taken_back")

    class Meta:
        model = Delivery
        fields = ("q", "fiscal_year", "until", "status", "workplace", "taken_back")

    def filter_taken_back(self, qs: QuerySet, name: str, value: str) -> QuerySet:
        """Return the deliveries that were, or were not, taken back."""
        return qs.filter(undone_at__isnull=value != "true")


class NoticeFilterSet(ProgramFilterSet):
    """Filters of the list of notices."""

    q = SearchFilter(keys=["subscription__search_key"])
    fiscal_year = FiscalYearFilter()
    until = UntilFilter(field_name="noticed_for")
    state = df.ChoiceFilter(choices=Notice.State.choices)
    kind = df.ChoiceFilter(choices=Notice.Kind.choices)
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
            "kind",
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


class BounceFilterSet(ProgramFilterSet):
    """Filters of the list of returned mails."""

    q = SearchFilter(keys=["subscription__search_key"])
    fiscal_year = FiscalYearFilter()
    until = UntilFilter(field_name="bounced_on")
    kind = df.ChoiceFilter(choices=Bounce.Kind.choices)
    source = df.ChoiceFilter(label=_("learnt from"), choices=Bounce.Source.choices)
    prefecture = PrefectureFilter("subscription__municipality")
    municipality = MunicipalityFilter("subscription__municipality")

    class Meta:
        model = Bounce
        fields = (
            "q",
            "fiscal_year",
            "until",
            "kind",
            "source",
            "prefecture",
            "municipality",
        )
