"""Tables of donations, campaigns and schools."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from core import fiscal
from core.tables import NUMBER, ProgramTable
from core.templatetags.tsunagari import number

from .models import Campaign, Donation, School


class CountColumn(tables.Column):
    """A number of pieces, right-aligned; the dash stands for "not recorded"."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(attrs=NUMBER, default="–", **kwargs)

    def render(self, value: int) -> str:
        """Show it with separators."""
        return number(value)


class DonationTable(ProgramTable):
    """The list of donations."""

    school = tables.Column(
        accessor="school__name",
        verbose_name=_("school"),
        linkify=lambda record: record.get_absolute_url(),
    )
    municipality = tables.Column(
        accessor="school__municipality__name",
        verbose_name=_("municipality"),
        order_by="school__municipality__code",
    )
    prefecture = tables.Column(
        accessor="school__municipality__prefecture",
        verbose_name=_("prefecture"),
        order_by="school__municipality__code",
    )
    item = tables.Column(accessor="item__name", verbose_name=_("item"))
    campaign = tables.Column(accessor="campaign__year", verbose_name=_("campaign"))
    wished = CountColumn()
    allocated = CountColumn()
    sent_quantity = CountColumn()
    sent_on = tables.DateColumn()
    # What the state tells on the screen stands in the exported file.
    received_on = tables.DateColumn(visible=False)
    thanked_on = tables.DateColumn(visible=False)
    postal_code = tables.Column(
        accessor="school__postal_code", verbose_name=_("postal code"), visible=False
    )
    address = tables.Column(
        accessor="school__address", verbose_name=_("address"), visible=False
    )
    note = tables.Column(visible=False)

    class Meta(ProgramTable.Meta):
        model = Donation
        fields = (
            "school",
            "municipality",
            "prefecture",
            "campaign",
            "item",
            "state",
            "wished",
            "allocated",
            "sent_quantity",
            "sent_on",
            "received_on",
            "thanked_on",
            "postal_code",
            "address",
            "note",
        )

    def render_campaign(self, value: int) -> str:
        """Show the fiscal year."""
        return fiscal.label(value)


class CampaignTable(ProgramTable):
    """The list of campaigns."""

    year = tables.Column(linkify=lambda record: record.get_absolute_url())
    schools = CountColumn(verbose_name=_("schools given to"))
    sent_pieces = CountColumn(verbose_name=_("pieces sent"))

    class Meta(ProgramTable.Meta):
        model = Campaign
        fields = ("year", "title", "begins_on", "ends_on", "schools", "sent_pieces")

    def render_year(self, value: int) -> str:
        """Show the fiscal year."""
        return fiscal.label(value)


class SchoolTable(ProgramTable):
    """The list of schools."""

    name = tables.Column(linkify=lambda record: record.get_absolute_url())
    municipality = tables.Column(
        accessor="municipality__name",
        verbose_name=_("municipality"),
        order_by="municipality__code",
    )
    prefecture = tables.Column(
        accessor="municipality__prefecture",
        verbose_name=_("prefecture"),
        order_by="municipality__code",
    )

    class Meta(ProgramTable.Meta):
        model = School
        fields = (
            "name",
            "municipality",
            "prefecture",
            "kind",
            "postal_code",
            "address",
            "valid_until",
        )
