"""What is looked at before a year of the donations is closed."""

from collections.abc import Iterator

from django.db.models import Count
from django.utils.translation import gettext_lazy, ngettext

from dashboard.checks import Check, Context, Finding, register

from .models import Donation, State


def not_sent(context: Context) -> Iterator[Finding]:
    """Find what was allocated in the year's campaign and not sent, by item."""
    waiting = context.rows(Donation).filter(
        campaign__year=context.year, state=State.ALLOCATED
    )
    items = waiting.order_by("item").values_list("item__code", "item__name")
    for code, name, count in items.annotate(Count("pk")):
        text = ngettext("%(name)s: %(n)d school", "%(name)s: %(n)d schools", count)
        yield Finding(
            text=text % {"name": name, "n": count},
            url=context.list_url(
                "donations:donation_list",
                campaign=context.year,
                state=State.ALLOCATED.value,
                item=code,
            ),
            count=count,
        )


register(
    Check(
        key="donations.sent",
        label=gettext_lazy("Everything allocated was sent"),
        remedy=gettext_lazy("Record the day of sending, or take the allocation back."),
        find=not_sent,
        permission="donations.view_donation",
        order=10,
    )
)
