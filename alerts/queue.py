"""The queue of the duty officer: what waits, for what, and for how long.

Nothing in it is personal: number, municipality, signs, workplace, times.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from .choices import ReportState, Step
from .escalation import due_at, urgent
from .models import IncidentReport
from .wording import duration

MOST_SHOWN = 50


@dataclass(frozen=True)
class Line:
    """A report of the queue, since when it waits, and whether that is too long."""

    report: IncidentReport
    since: dt.datetime
    waited: str
    is_late: bool

    @property
    def is_urgent(self) -> bool:
        """Tell whether it is about danger: an urgent sign, or 119 or 110 called."""
        return not self.report.rank


@dataclass(frozen=True)
class Section:
    """A part of the queue; `count` may be more than the lines shown."""

    key: str
    title: str | Promise
    hint: str | Promise
    lines: list[Line]
    count: int
    filters: dict[str, str]

    @property
    def urgent_count(self) -> int:
        """How many of the lines shown are urgent."""
        return sum(line.is_urgent for line in self.lines)

    @property
    def query(self) -> str:
        """The query of the list that shows all of them, the oldest first."""
        return urlencode(self.filters | {"sort": "noticed_at"})


def queue_of(user: User, *, now: dt.datetime) -> list[Section]:
    """Return the three sections, in each the urgent ones first, then the oldest.

    Rows and signs of each are two queries, and a count where not all are shown.
    """
    reports = IncidentReport.objects.visible_to(user)
    parts = {
        "to_pass_on": (reports.waiting(), "noticed_at"),
        "awaiting": (reports.awaiting_answer(now), "passed_on_at"),
        "to_ask": (reports.to_ask_again(now), "ask_again_at"),
    }
    sections = []
    for key, title, hint, filters in SECTIONS:
        rows, order = parts[key]
        lines = [_line(row, now) for row in _first(rows, order)]
        count = len(lines) if len(lines) < MOST_SHOWN else rows.count()
        sections.append(Section(key, title, hint, lines, count, filters))
    return sections


SECTIONS = (
    (
        "to_pass_on",
        _("Not passed on"),
        _("Time since it was noticed."),
        {"state": "received", "merged": "false"},
    ),
    (
        "awaiting",
        _("Waiting for an answer"),
        _("Time since it was passed on."),
        {"ask": "later"},
    ),
    (
        "to_ask",
        _("Outcome unknown: ask again"),
        _("Time since it was passed on; the day for asking again is here."),
        {"ask": "due"},
    ),
)


def _first(reports: QuerySet, order: str) -> Iterable[IncidentReport]:
    rank = Case(When(urgent(), then=0), default=Value(1), output_field=IntegerField())
    rows = reports.annotate(rank=rank).select_related(
        "municipality", "workplace", "desk"
    )
    first = Coalesce(order, "noticed_at")
    return rows.prefetch_related("signs").order_by("rank", first, "pk")[:MOST_SHOWN]


def _line(report: IncidentReport, now: dt.datetime) -> Line:
    since = report.passed_on_at or report.noticed_at
    if report.state == ReportState.RECEIVED:
        limit = due_at(report.received_at, Step.OFFICER, is_urgent=not report.rank)
        is_late = limit <= now
    else:
        is_late = report.ask_again_at is not None and report.ask_again_at <= now
    return Line(report, since, duration(now - since), is_late)
