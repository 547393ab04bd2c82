"""Filters of the lists of donations, campaigns and schools."""

import django_filters as df
from django.utils.translation import gettext_lazy as _

from core.filters import (
    AsOfFilter,
    FiscalYearFilter,
    ProgramFilterSet,
    SearchFilter,
    UntilFilter,
    YesNoFilter,
)
from municipalities.filters import MunicipalityFilter, PrefectureFilter

from .models import Campaign, Donation, Item, School, State

PLACE = "school__municipality"


class DonationFilterSet(ProgramFilterSet):
    """Filters of the list of donations, and of what is printed."""

    q = SearchFilter(keys=["school__search_key", f"{PLACE}__search_key", "search_key"])
    campaign = df.ModelChoiceFilter(
        queryset=Campaign.objects.all(), to_field_name="year", label=_("Campaign")
    )
    item = df.ModelChoiceFilter(
        queryset=Item.objects.all(), to_field_name="code", label=_("Item")
    )
    state = df.ChoiceFilter(choices=State, label=_("State"))
    sent = YesNoFilter(
        field_name="sent_on",
        lookup_expr="isnull",
        exclude=True,
        label=_("Sent to the school"),
    )
    fiscal_year = FiscalYearFilter(label=_("Sent in fiscal year"))
    until = UntilFilter(field_name="sent_on", label=_("Sent up to"))
    prefecture = PrefectureFilter(path=PLACE)
    municipality = MunicipalityFilter(path=PLACE)

    class Meta:
        model = Donation
        fields = (
            "q",
            "campaign",
            "item",
            "state",
            "sent",
            "fiscal_year",
            "until",
            "prefecture",
            "municipality",
        )


class CampaignFilterSet(ProgramFilterSet):
    """Filters of the list of campaigns."""

    q = SearchFilter(keys=["search_key"])

    class Meta:
        model = Campaign
        fields = ("q",)


class SchoolFilterSet(ProgramFilterSet):
    """Filters of the list of schools."""

    q = SearchFilter(keys=["search_key", "municipality__search_key"])
    kind = df.ChoiceFilter(choices=School.Kind)
    on = AsOfFilter(method_name="valid_on", label=_("Schools open on"))
    prefecture = PrefectureFilter()
    municipality = MunicipalityFilter()

    class Meta:
        model = School
        fields = ("q", "kind", "on", "prefecture", "municipality")
