"""What somebody who reports is told of similar reports, and what not.

A hint says that there is a report at this place in these days, so that nobody calls the
desk twice. Who may not see the report learns neither name, place, number nor workplace.
Three things keep the hint from answering questions about people: a name alone never
counts for a report that the person may not see, only the last days are looked at, and
an hour has so many hints. Each such report that a hint told of has it in its log.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import AccessEntry, User
from accounts.reads import record_read

from .duplicates import Similar, event_of, similar_to_report
from .models import IncidentReport
from .wording import duration

HINTS_AN_HOUR = 60
HOUR = 60 * 60
# Reports of the other workplaces that are older are no help at a door.
REACH = dt.timedelta(days=14)
# More of them would only say that the description is a vague one.
MOST = 5


@dataclass(frozen=True)
class Line:
    """One event: `report` for whoever may see it, else None and nothing of it."""

    noticed_at: dt.datetime
    ago: str
    is_own_workplace: bool
    is_passed_on: bool
    report: IncidentReport | None


def may_ask(user: User, *, now: dt.datetime) -> bool:
    """Count one hint for this hour of the person; tell whether there was one left."""
    key = f"alerts.hints.{user.pk}.{now:%Y%m%d%H}"
    asked = cache.get(key, 0)
    if asked >= HINTS_AN_HOUR:
        return False
    cache.set(key, asked + 1, HOUR)
    return True


def hint_lines(
    similar: Iterable[Similar], *, user: User, now: dt.datetime
) -> list[Line]:
    """Return what `user` may be told, a line per event, newest first.

    Writes an entry of the log for each report that the person may not see. At most
    five lines of what the person may see and five others; one query.
    """
    similar = list(similar)
    visible = IncidentReport.objects.visible_to(user).filter(
        pk__in=[one.report.pk for one in similar]
    )
    seen = set(visible.values_list("pk", flat=True))
    known = [one.report for one in similar if one.report.pk in seen]
    told = {event_of(report) for report in known}
    foreign = []
    for one in similar:
        report = one.report
        is_recent = abs(now - report.noticed_at) <= REACH
        if one.is_at_the_place and is_recent and event_of(report) not in told:
            told.add(event_of(report))
            foreign.append(report)
    foreign = foreign[:MOST]
    _record_hints(foreign, user)
    lines = [_line(report, user, now, is_seen=True) for report in known[:MOST]]
    lines += [_line(report, user, now, is_seen=False) for report in foreign]
    return sorted(lines, key=lambda line: line.noticed_at, reverse=True)


def hint_for(report: IncidentReport, *, user: User, now: dt.datetime) -> list[Line]:
    """Return the hint for a report just sent, for pages without JavaScript."""
    if not may_ask(user, now=now):
        return []
    return hint_lines(similar_to_report(report), user=user, now=now)


def _line(
    report: IncidentReport, user: User, now: dt.datetime, *, is_seen: bool
) -> Line:
    counted = report.merged_into or report
    return Line(
        noticed_at=report.noticed_at,
        ago=duration(max(now - report.noticed_at, dt.timedelta())),
        is_own_workplace=report.workplace_id == user.workplace_id,
        is_passed_on=bool(report.passed_on_at or counted.passed_on_at),
        report=report if is_seen else None,
    )


def _record_hints(reports: Iterable[IncidentReport], user: User) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        reason = _("Hint while entering: only that it exists, and when it was.")
    for report in reports:
        record_read(
            user=user, action=AccessEntry.Action.VIEW, subject=report, reason=reason
        )
