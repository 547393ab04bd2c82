"""Saving a month at once, and the figures of a hub by month and by year."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth

from .models import Hub, Session
from .months import Month
from .sheets import MonthSheet

MONTHS_SHOWN = 13


@transaction.atomic
def save_month(
    *, hub: Hub, month: Month, data: Mapping[str, Any], today: dt.date
) -> MonthSheet:
    """Save what was entered in the sheet: every row, or none when one is wrong.

    Returns the sheet; `sheet.is_complete` tells whether it was saved. The hub is locked
    so that two people cannot save the same month at the same moment.
    """
    hub = Hub.objects.select_for_update().get(pk=hub.pk)
    sheet = MonthSheet(hub, month, today=today, data=data)
    if sheet.is_complete:
        sheet.write()
    return sheet


def recent_months(hub: Hub, day: dt.date) -> list[dict[str, Any]]:
    """Return the last months of `hub` up to `day`, the newest first, in one query.

    Each is {month, sessions, families}; both are None for a month without a report.
    """
    last = min(day, hub.contract_until or day)
    months = [Month.of(last)]
    while len(months) < MONTHS_SHOWN and months[-1].previous.last >= hub.contract_from:
        months.append(months[-1].previous)
    found = {
        Month.of(row["first"]): row
        for row in Session.objects.filter(
            hub=hub, held_on__range=(months[-1].first, months[0].last)
        )
        .annotate(first=TruncMonth("held_on"))
        .order_by()
        .values("first")
        .annotate(sessions=Count("pk"), families=Sum("families"))
    }
    blank = {"sessions": None, "families": None}
    return [{"month": month, **(found.get(month) or blank)} for month in months]


def figures_by_year(hub: Hub) -> list[dict[str, Any]]:
    """Return {fiscal_year, sessions, families} of every year, the newest first."""
    rows = Session.objects.filter(hub=hub).order_by("-fiscal_year")
    return list(
        rows.values("fiscal_year").annotate(
            sessions=Count("pk"), families=Sum("families")
        )
    )
