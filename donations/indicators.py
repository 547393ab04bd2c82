"""Figures of the donations to schools."""

from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from dashboard.indicators import By, Flow, by_area, register

from .models import Donation

ITEM = _("Item")
AREA = by_area("school__municipality")

register(
    Flow(
        key="donations.schools",
        label=_("Schools given to"),
        unit=_("schools"),
        definition=_(
            "Different schools that something was sent to in the year. A school that "
            "was sent several items counts once in the total and once for each item."
        ),
        records=lambda: Donation.objects.sent(),
        on="sent_on",
        measure=Count("school", distinct=True),
        by={
            "item": By(label=ITEM, path="item__code", name="item__name", adds_up=False),
            **AREA,
        },
        rows="donations:donation_list",
        rows_query={"sent": "true"},
        rows_total="schools",
        permission="donations.view_donation",
        order=10,
    )
)
register(
    Flow(
        key="donations.quantity",
        label=_("Pieces given to schools"),
        unit=_("pieces"),
        definition=_(
            "Pieces sent in the year. The total adds up different items; look at each "
            "item on its own to compare years."
        ),
        records=lambda: Donation.objects.sent(),
        on="sent_on",
        measure=Sum("sent_quantity"),
        by={
            "item": By(label=ITEM, path="item__code", name="item__name"),
            **AREA,
        },
        rows="donations:donation_list",
        rows_query={"sent": "true"},
        rows_total="quantity",
        permission="donations.view_donation",
        order=20,
    )
)
