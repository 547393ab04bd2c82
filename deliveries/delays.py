"""How long it took from a delivery to the mail about it: the median, and 95 in 100."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import TruncMonth
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import fiscal
from core.ranks import nearest_ranks
from dashboard.contributions import Data
from dashboard.indicators import Moment

from .models import Notice

# Which share of the mails went out within the time, in per cent.
SHARES = {"median": 50, "most": 95}
# Of fewer mails, a time could be recognised as that of one of them.
FEWEST = 10
TENTH = dt.timedelta(seconds=6)


def times(moment: Moment) -> Data:
    """Return the times of the year's mails about deliveries, whole and by month.

    `rows` holds the whole, then each calendar month of the year up to the day: with
    `group` (empty, or `month`), `label`, the number of `mails`, and `median` and `most`
    (95 in 100) in minutes with one decimal, None without mails. A time is that of the
    mail at the place (nearest rank). The night counts, and so does how late a delivery
    was reported. Empty when no mail was sent. Two queries.
    """
    sent = Notice.objects.sent().filter(
        fiscal_year=moment.fiscal_year, noticed_for__lte=moment.as_of
    )
    whole = _ranked(sent, None)
    if not whole:
        return {}
    by_month = _ranked(sent, TruncMonth("noticed_for"))
    rows = [_row("", _("Whole"), whole[""])]
    rows += [
        _row("month", date_format(month, "YEAR_MONTH_FORMAT"), by_month.get(month, {}))
        for month in _months(moment)
    ]
    return {"rows": rows}


def _ranked(rows: QuerySet, by: Any) -> dict[Any, dict[str, Any]]:
    """Return {part: {mails, median, most}}; none is below zero, as clocks differ."""
    ranks = nearest_ranks(
        rows, begin="happened_at", end="sent_at", shares=SHARES, by=by
    )
    return {
        part: {"mails": found["rows"]}
        | {name: max(0, (found[name] + TENTH / 2) // TENTH) / 10 for name in SHARES}
        for part, found in ranks.items()
    }


def _row(group: str, label: str, found: dict[str, Any]) -> dict[str, Any]:
    nothing = {"mails": 0, "median": None, "most": None}
    return {"group": group, "label": label, **nothing, **found}


def _months(moment: Moment) -> Iterator[dt.date]:
    """Yield the first day of each calendar month that the year touches, so far."""
    first, _after = fiscal.bounds(moment.fiscal_year)
    month = first.replace(day=1)
    while month <= moment.as_of:
        yield month
        month = (month + dt.timedelta(days=31)).replace(day=1)


def public(data: Data) -> Data:
    """Return the times that readers without sign-in may see; no numbers of mails."""
    rows = [
        {"group": row["group"], "label": row["label"]}
        | (
            {"is_hidden": True}
            if 0 < row["mails"] < FEWEST
            else {name: row[name] for name in SHARES}
        )
        for row in data["rows"]
    ]
    if rows[0].get("is_hidden"):
        return {}
    return {"rows": rows, "is_public": True}
