"""How long it took from noticing to passing on: the median, and nine in ten."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from core.ranks import nearest_ranks
from dashboard.contributions import Data
from dashboard.indicators import Moment

from .choices import Channel
from .models import IncidentReport

# Which share of the reports was passed on within the time, in per cent.
SHARES = {"median": 50, "most": 90}
# Of fewer reports, a time could be recognised as that of one of them.
FEWEST = 10
MINUTE = dt.timedelta(minutes=1)


def times(moment: Moment) -> Data:
    """Return the times of the year's reports passed on, whole and in parts.

    `rows` holds the whole, the channels, and with or without an agreement: each with
    `group`, `label`, the number of `reports`, and `median` and `most` (nine in ten) in
    whole minutes, None without reports. A time is that of the report at the place
    (nearest rank), never one between two. Empty when none was passed on. Three queries,
    which the database answers with a few rows each.
    """
    passed_on = IncidentReport.objects.counted().passed_on()
    rows = passed_on.filter(
        fiscal_year=moment.fiscal_year, noticed_on__lte=moment.as_of
    )
    whole = _ranked(rows, None)
    if not whole:
        return {}
    agreement = {"true": _("With an agreement"), "false": _("Without an agreement")}
    channel = {key: str(label) for key, label in Channel.choices}
    found = [
        *_told("", whole, {"": _("Whole")}),
        *_told("channel", _ranked(rows, "channel"), channel),
        *_told("agreement", _ranked(rows.by_agreement(), "agreement"), agreement),
    ]
    return {"rows": found}


def _ranked(rows: QuerySet, by: str | None) -> dict[str, dict[str, int]]:
    """Return {part: {reports, median, most}} in whole minutes."""
    ranks = nearest_ranks(
        rows,
        begin="noticed_at",
        end="passed_on_at",
        shares=SHARES,
        by=F(by) if by else None,
    )
    return {
        part: {"reports": found["rows"]}
        | {name: (found[name] + MINUTE / 2) // MINUTE for name in SHARES}
        for part, found in ranks.items()
    }


def _told(
    group: str, found: dict[str, dict[str, int]], labels: dict[str, str]
) -> Iterator[dict[str, Any]]:
    nothing = {"reports": 0, "median": None, "most": None}
    for key, label in labels.items():
        yield {"group": group, "label": label, **nothing, **found.get(key, {})}


def public(data: Data) -> Data:
    """Return the times that readers without sign-in may see; no numbers of reports.

    A number could tell what is hidden in the figures. Of the parts of a group all are
    hidden when one of them has few reports: what is left would tell how few.
    """
    few = {row["group"] for row in data["rows"] if 0 < row["reports"] < FEWEST}
    if "" in few:
        return {}
    rows = [
        {"group": row["group"], "label": row["label"]}
        | (
            {"is_hidden": True}
            if row["group"] in few
            else {name: row[name] for name in SHARES}
        )
        for row in data["rows"]
    ]
    return {"rows": rows, "is_public": True}
