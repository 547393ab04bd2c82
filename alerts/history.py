"""The history of a report: everything that happened, in order."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from auditlog.models import LogEntry
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from .choices import ReportState
from .models import PERSONAL, Correction, IncidentReport
from .wording import label_of


@dataclass(frozen=True)
class Change:
    """A field that was corrected, and what stood there before."""

    label: str
    before: str
    is_personal: bool


@dataclass(frozen=True)
class Event:
    """Something that happened to a report.

    `note` may be read by whoever sees the report. `text`, and the changes that say so,
    are personal: shown only with the revealed data.
    """

    at: dt.datetime
    what: str | Promise
    by: User | None = None
    note: str = ""
    text: str = ""
    changes: tuple[Change, ...] = ()


def history_of(report: IncidentReport) -> list[Event]:
    """Return what happened to a report, the oldest first; four queries.

    Merging and separating stand among the follow-ups, as they were written there.
    """
    return sorted(_events(report), key=lambda event: event.at)


def _events(report: IncidentReport) -> Iterator[Event]:
    yield Event(report.noticed_at, _("Noticed"), report.reporter)
    if report.emergency_called_at:
        yield Event(report.emergency_called_at, _("Called 119 or 110"))
    channel = report.get_channel_display()
    yield Event(report.received_at, _("Record received"), report.entered_by, channel)
    if report.passed_on_at:
        desk = str(report.desk or _("another desk, not listed"))
        note = f"{desk}, {report.get_passed_on_method_display()}"
        yield Event(
            report.passed_on_at, _("Passed on to a desk"), report.passed_on_by, note
        )
    for entry in report.follow_ups.select_related("by"):
        yield Event(entry.at, _("Follow-up"), entry.by, text=entry.text)
    for correction in report.corrections.select_related("by"):
        yield Event(
            correction.at,
            _("Corrected"),
            correction.by,
            changes=tuple(_changes(correction)),
        )
    for step in report.escalations.all():
        yield Event(step.at, _("Warned by mail"), note=step.get_step_display())
    if report.closed_at:
        outcome = report.get_outcome_display()
        yield Event(
            report.closed_at, ReportState.CLOSED.label, _closed_by(report), outcome
        )
    if report.erased_at:
        yield Event(report.erased_at, _("Personal data erased"))


def _closed_by(report: IncidentReport) -> User | None:
    """Return who closed a report, as the log of changes has it; None if nobody."""
    changes = LogEntry.objects.get_for_object(report).select_related("actor")
    for entry in changes.filter(changes__has_key="state").order_by("-timestamp"):
        if entry.changes_dict["state"][1] == ReportState.CLOSED:
            return entry.actor
    return None


def _changes(correction: Correction) -> Iterator[Change]:
    for name, before in correction.before.items():
        yield Change(label_of(name), str(before), name in PERSONAL)
