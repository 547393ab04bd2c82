"""What is looked at before a year of the delivery notices is closed."""

from collections.abc import Iterator

from django.db.models import Count
from django.utils.translation import gettext_lazy, ngettext

from dashboard.checks import Check, Context, Finding, register

from .models import Notice

UNSETTLED = (Notice.State.DUE, Notice.State.SENDING, Notice.State.FAILED)


def not_settled(context: Context) -> Iterator[Finding]:
    """Find the mails of the year that wait or could not be sent, by state."""
    notices = context.rows(Notice).filter(
        fiscal_year=context.year, noticed_for__lte=context.last_day, state__in=UNSETTLED
    )
    states = notices.order_by("state").values_list("state").annotate(Count("pk"))
    for state, count in states:
        label = Notice.State(state).label
        text = ngettext("%(name)s: %(n)d mail", "%(name)s: %(n)d mails", count)
        yield Finding(
            text=text % {"name": label, "n": count},
            url=context.list_url(
                "deliveries:notice_list", fiscal_year=context.year, state=state
            ),
            count=count,
        )


register(
    Check(
        key="deliveries.notices_settled",
        label=gettext_lazy("No mail is waiting or failed"),
        remedy=gettext_lazy(
            "Wait for those that are due; correct the addresses of those that failed."
        ),
        find=not_settled,
        permission="deliveries.view_notice",
        order=10,
    )
)
