"""What is looked at before a year of mutual aid is closed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from dashboard.checks import Check, Context, Finding, missing_months, register

from .models import Activity, Group, Tariff


def months_without_activity(context: Context) -> Iterator[Finding]:
    """Find the months in which a group helped nobody; three queries.

    A group is at work while it has a tariff.
    """
    first, last = context.first_day, context.last_day
    slips = context.rows(Activity).filter(fiscal_year=context.year, done_on__lte=last)
    done = defaultdict(set)
    found = slips.order_by().values_list("group", "done_on__year", "done_on__month")
    for group, year, month in found.distinct():
        done[group].add((year, month))
    tariffs = defaultdict(list)
    for tariff in context.rows(Tariff).overlapping(first, last):
        tariffs[tariff.group_id].append(tariff)
    for group in context.rows(Group).order_by("code"):
        own = tariffs[group.pk]
        at_work = [one for one, end in context.months if _applies(own, one, end)]
        url = context.list_url(
            "mutualaid:activity_list", fiscal_year=context.year, group=group.code
        )
        yield from missing_months(group.name, at_work, done[group.pk], url)


def _applies(tariffs: Iterable[Tariff], first: dt.date, last: dt.date) -> bool:
    """Tell whether a tariff applies on a day from first to last."""
    return any(
        tariff.valid_from <= last
        and (tariff.valid_until is None or tariff.valid_until >= first)
        for tariff in tariffs
    )


register(
    Check(
        key="mutualaid.groups_reported",
        label=_("Every group has slips in every month"),
        remedy=_("Ask the group's coordinator for slips that were not handed in."),
        find=months_without_activity,
        permission="mutualaid.view_activity",
        order=10,
    )
)
