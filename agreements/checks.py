"""What is looked at before a year of the watch agreements is closed."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.checks import Check, Context, Finding, register

from .models import Agreement, Visit


def ended_without_successor(context: Context) -> Iterator[Finding]:
    """Find the municipalities whose agreements ran out by the year's end, in one query.

    An agreement also ends with its municipality; then the one that took its place needs
    one. A successor is in force on the day after.
    """
    last, after = context.last_day, context.last_day + dt.timedelta(days=1)
    agreements = context.rows(Agreement)
    in_force = agreements.in_force(after).order_by()
    ended = agreements.filter(
        Q(in_force_until__lte=last) | Q(municipality__valid_until__lte=last)
    ).exclude(
        Exists(in_force.filter(municipality=OuterRef("municipality")))
        | Exists(in_force.filter(municipality=OuterRef("municipality__successor")))
    )
    seen = set()
    ended = ended.select_related("municipality").order_by("municipality__code", "-pk")
    for agreement in sorted(ended, key=_last_day, reverse=True):
        if agreement.municipality_id not in seen:
            seen.add(agreement.municipality_id)
            yield _ended(agreement)


def _last_day(agreement: Agreement) -> dt.date:
    """Return the day on which an agreement that ended was last in force."""
    days = (agreement.in_force_until, agreement.municipality.valid_until)
    return min(day for day in days if day is not None)


def _ended(agreement: Agreement) -> Finding:
    words = {
        "municipality": agreement.municipality,
        "kind": agreement.get_kind_display(),
        "day": date_format(_last_day(agreement)),
    }
    return Finding(
        text=_("%(municipality)s: %(kind)s in force until %(day)s") % words,
        url=agreement.get_absolute_url(),
    )


def still_planned(context: Context) -> Iterator[Finding]:
    """Find the visits of the year that lie in the past and are planned still."""
    visits = context.rows(Visit).filter(
        fiscal_year=context.year,
        state=Visit.State.PLANNED,
        visited_on__lte=context.last_day,
        visited_on__lt=context.today,
    )
    for visit in visits.select_related("municipality").order_by("visited_on", "pk"):
        yield Finding(
            text=f"{date_format(visit.visited_on)} {visit.municipality}",
            url=visit.get_absolute_url(),
        )


register(
    Check(
        key="agreements.renewed",
        label=gettext_lazy("No agreement ran out without a new one"),
        remedy=gettext_lazy(
            "Record the new agreement, or ask the municipality about the renewal."
        ),
        find=ended_without_successor,
        permission="agreements.view_agreement",
        order=10,
    )
)
register(
    Check(
        key="agreements.visits_settled",
        label=gettext_lazy("No visit of the past is still planned"),
        remedy=gettext_lazy("Record it as held, or as cancelled."),
        find=still_planned,
        permission="agreements.view_visit",
        order=20,
    )
)
