"""What is looked at before a year of the hubs is closed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator

from django.utils.translation import gettext_lazy as _

from dashboard.checks import Check, Context, Finding, missing_months, register

from .models import Hub, Session
from .months import Month

# Who may open the month sheet; the others get the list.
KEEP_SESSIONS = (
    "childcare.add_session",
    "childcare.change_session",
    "childcare.delete_session",
)


def months_without_sessions(context: Context) -> Iterator[Finding]:
    """Find the months in which a hub was open and has no session; two queries."""
    sessions = context.rows(Session).filter(fiscal_year=context.year)
    held = defaultdict(set)
    found = sessions.order_by().values_list("hub", "held_on__year", "held_on__month")
    for hub, year, month in found.distinct():
        held[hub].add((year, month))
    hubs = context.rows(Hub).open_between(context.first_day, context.last_day)
    for hub in hubs.order_by("code"):
        open_in = [one for one, end in context.months if _operates(hub, one, end)]
        url = _address(context, hub)
        yield from missing_months(str(hub), open_in, held[hub.pk], url)


def _operates(hub: Hub, first: dt.date, last: dt.date) -> bool:
    """Tell whether any day from first to last is a day of operation."""
    days = range((last - first).days + 1)
    return any(hub.operates_on(first + dt.timedelta(days=day)) for day in days)


def _address(context: Context, hub: Hub) -> Callable[[dt.date], str]:
    """Return where a month is entered, or looked at by those who only read."""

    def url(day: dt.date) -> str:
        month = Month.of(day)
        if context.user is None or context.user.has_perms(KEEP_SESSIONS):
            return hub.month_url(month)
        return context.list_url("childcare:session_list", hub=hub.code, month=month)

    return url


register(
    Check(
        key="childcare.hubs_reported",
        label=_("Every hub has reported every month"),
        remedy=_("Ask the hub for its sessions and enter them in the month sheet."),
        find=months_without_sessions,
        permission="childcare.view_session",
        order=10,
    )
)
