"""What is looked at before a year of the delivery notices is closed."""

import datetime as dt
from collections.abc import Callable, Iterator

from django.db.models import Count
from django.utils.translation import gettext_lazy, ngettext

from core import fiscal
from dashboard.checks import Check, Context, Finding, register

from .models import Notice, Subscription


def _find(*states: Notice.State) -> Callable[[Context], Iterator[Finding]]:
    """Return a search for the mails of the year in one of the states."""

    def find(context: Context) -> Iterator[Finding]:
        notices = context.rows(Notice).filter(
            fiscal_year=context.year,
            noticed_for__lte=context.last_day,
            state__in=states,
        )
        found = notices.order_by("state").values_list("state").annotate(Count("pk"))
        for state, count in found:
            label = Notice.State(state).label
            text = ngettext("%(name)s: %(n)d mail", "%(name)s: %(n)d mails", count)
            yield Finding(
                text=text % {"name": label, "n": count},
                url=context.list_url(
                    "deliveries:notice_list", fiscal_year=context.year, state=state
                ),
                count=count,
            )

    return find


def on_hold(context: Context) -> Iterator[Finding]:
    """Find the subscriptions that were put on hold in the year or before, and are."""
    _first, after = fiscal.bounds(context.year)
    held = context.rows(Subscription).filter(
        ended_on__isnull=True,
        held_since__lt=fiscal.local_instant(after, dt.time()),
    )
    found = held.order_by("held_for").values_list("held_for").annotate(Count("pk"))
    for reason, count in found:
        text = ngettext(
            "%(name)s: %(n)d subscription", "%(name)s: %(n)d subscriptions", count
        )
        label = Subscription.HeldFor(reason).label
        yield Finding(
            text=text % {"name": label, "n": count},
            url=context.list_url("deliveries:subscription_list", state="held"),
            count=count,
        )


register(
    Check(
        key="deliveries.notices_settled",
        label=gettext_lazy("No mail is waiting"),
        remedy=gettext_lazy(
            "Wait until they are sent. In a closed year it could not be recorded, and "
            "they would be sent again and again."
        ),
        find=_find(Notice.State.WAITING),
        permission="deliveries.view_notice",
        order=10,
        blocks=True,
    )
)
register(
    Check(
        key="deliveries.notices_arrived",
        label=gettext_lazy("No mail failed"),
        remedy=gettext_lazy("Correct the addresses of those that failed."),
        find=_find(Notice.State.FAILED),
        permission="deliveries.view_notice",
        order=20,
    )
)
register(
    Check(
        key="deliveries.nobody_on_hold",
        label=gettext_lazy("No subscription is on hold"),
        remedy=gettext_lazy(
            "Ask the family for an address that takes our mails, release the "
            "subscription or end it. Until then the family is told nothing."
        ),
        find=on_hold,
        permission="deliveries.view_subscription",
        order=30,
    )
)
