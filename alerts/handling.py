"""Work on a report: passing on, follow-up, outcome, correction.

Every form that changes a report carries the `version` that the person saw, and every
change adds one while the row is held: what somebody else wrote meanwhile is never
overwritten unseen. What a change replaces is kept as a `Correction`.
"""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from core import fiscal
from municipalities.models import Desk

from .choices import Method, Outcome, ReportState
from .models import Correction, FollowUp, IncidentReport, Sign
from .wording import in_words, value_of


class Outdated(ValidationError):
    """Raised when somebody changed the report since the version the person saw."""


def ask_again_day(at: dt.datetime) -> dt.date:
    """Return the day on which a desk told `at` this instant is asked again."""
    days = dt.timedelta(days=int(settings.ALERTS_ASK_AGAIN_DAYS))
    return fiscal.local_date(at) + days


@transaction.atomic
def pass_on(
    *,
    report: IncidentReport,
    version: int,
    actor: User,
    desk: Desk | None,
    desk_person: str,
    method: Method,
    at: dt.datetime,
    ask_again_on: dt.date | None = None,
) -> IncidentReport:
    """Record that a desk was told; None as desk stands for one that is not listed.

    The desk is asked again on `ask_again_on`, by default after the set number of days.
    What was recorded of an earlier telling is corrected, and kept as it was. Raises
    Outdated, and ValidationError for a time before noticing or a continuation.
    """
    row = _locked(report, version)
    _refuse_continuation(row)
    if at < row.noticed_at:
        raise ValidationError(
            _("It cannot have been passed on before it was noticed."), code="early"
        )
    told = {
        "desk": desk,
        "desk_person": desk_person,
        "passed_on_method": method,
        "passed_on_at": at,
    }
    if row.state != ReportState.RECEIVED:
        _correct(row, told, actor, timezone.now())
    if row.passed_on_by_id is None:
        row.passed_on_by = actor
    if row.state == ReportState.RECEIVED:
        row.state = ReportState.PASSED_ON
        row.ask_again_at = _start(ask_again_on or ask_again_day(at))
    return _write(row, *told, "passed_on_by", "state", "ask_again_at", values=told)


def add_follow_up(
    *,
    report: IncidentReport,
    actor: User,
    at: dt.datetime,
    text: str,
    desk: Desk | None = None,
    desk_person: str = "",
    method: Method | str = "",
) -> FollowUp:
    """Add what was heard or done; possible after closing, too.

    Another desk that was told, besides the first, stands in words above the text.
    Raises ValidationError when the personal data of the report is erased.
    """
    _refuse_erased(report)
    with translation.override(settings.LANGUAGE_CODE):
        said = [desk and str(desk), desk_person, method and str(Method(method).label)]
        told = "、".join(filter(None, said))
        lines = [_("Another desk was told: %(desk)s") % {"desk": told}] if told else []
    return _note(report, actor, at, [*lines, text])


@transaction.atomic
def close_report(
    *,
    report: IncidentReport,
    version: int,
    actor: User,
    outcome: Outcome,
    at: dt.datetime,
    text: str = "",
) -> IncidentReport:
    """Close a report with its outcome, or record another one of a closed report.

    The outcome that stood before is kept, as correction and in a follow-up with `text`.
    One that could not be found out is asked for again after the set number of days.
    Raises Outdated, and ValidationError for a continuation.
    """
    row = _locked(report, version)
    _refuse_continuation(row)
    lines = []
    if row.state == ReportState.CLOSED and row.outcome != outcome:
        with translation.override(settings.LANGUAGE_CODE):
            words = {"before": row.get_outcome_display(), "now": Outcome(outcome).label}
            lines = [_("Outcome: %(now)s. Before: %(before)s.") % words]
        _correct(row, {"outcome": outcome}, actor, at)
    if lines or text:
        _note(row, actor, at, [*lines, text])
    is_unknown = outcome == Outcome.UNKNOWN
    row.ask_again_at = _start(ask_again_day(at)) if is_unknown else None
    row.state, row.outcome = ReportState.CLOSED, outcome
    row.closed_at = row.closed_at or at
    return _write(row, "state", "outcome", "closed_at", "ask_again_at")


@transaction.atomic
def ask_again(
    *,
    report: IncidentReport,
    version: int,
    actor: User,
    at: dt.datetime,
    ask_again_on: dt.date,
    text: str = "",
) -> IncidentReport:
    """Record that the outcome is still unknown, and when to ask for it again.

    Raises Outdated, and ValidationError for a report whose outcome is not waited for.
    """
    row = _locked(report, version)
    _refuse_continuation(row)
    if not waits_for_outcome(row):
        raise ValidationError(_("No outcome of this report is waited for."))
    with translation.override(settings.LANGUAGE_CODE):
        day = in_words(ask_again_on)
        line = _("Still unknown. To be asked again on %(day)s.") % {"day": day}
    _note(row, actor, at, [line, text])
    row.ask_again_at = _start(ask_again_on)
    return _write(row, "ask_again_at")


def waits_for_outcome(report: IncidentReport) -> bool:
    """Tell whether it is still to be found out how a report ended."""
    return (
        report.state == ReportState.PASSED_ON
        or report.state == ReportState.CLOSED
        and report.outcome == Outcome.UNKNOWN
    )


@transaction.atomic
def correct_report(
    *,
    report: IncidentReport,
    names: Collection[str],
    signs: Collection[Sign],
    version: int,
    actor: User,
    at: dt.datetime,
) -> Correction | None:
    """Write the fields `names` of a changed, unsaved report; None if nothing differs.

    What stood there before is kept as a correction. Raises Outdated, and
    ValidationError when the personal data was erased already.
    """
    row = _locked(report, version)
    values: dict[str, Any] = {name: getattr(report, name) for name in names}
    if "signs" in values:
        values["signs"] = list(signs)
    correction = _correct(row, values, actor, at)
    if correction is None:
        return None
    changed = correction.before.keys()
    if "signs" in changed:
        row.signs.set(signs)
    kept = {name: values[name] for name in changed if name != "signs"}
    _write(row, *kept, values=kept)
    return correction


def _locked(report: IncidentReport, version: int) -> IncidentReport:
    """Return the row as it is now, held until the transaction ends.

    Raises Outdated when it is not the version the person saw, and ValidationError when
    its personal data is erased: a form opened before would write the data back.
    """
    row = IncidentReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    _refuse_erased(row)
    if row.version != version:
        raise Outdated(_("Somebody changed this report meanwhile."), code="outdated")
    return row


def _refuse_erased(row: IncidentReport) -> None:
    if row.erased_at:
        raise ValidationError(
            _("The personal data of this report is erased."), code="erased"
        )


def _refuse_continuation(row: IncidentReport) -> None:
    if row.merged_into_id:
        raise ValidationError(
            _("This report continues another one. Work on that one."), code="merged"
        )


def _write(
    row: IncidentReport, *names: str, values: dict[str, Any] | None = None
) -> IncidentReport:
    """Store these columns alone, and the next version."""
    for name, value in (values or {}).items():
        setattr(row, name, value)
    row.version += 1
    row.save(update_fields=[*names, "version"])
    return row


def _correct(
    row: IncidentReport, values: dict[str, Any], actor: User, at: dt.datetime
) -> Correction | None:
    """Keep what people read in the fields that `values` changes; None without any."""
    with translation.override(settings.LANGUAGE_CODE):
        before = {
            name: value_of(row, name)
            for name, value in values.items()
            if _differs(row, name, value)
        }
    if not before:
        return None
    return Correction.objects.create(report=row, by=actor, at=at, before=before)


def _differs(row: IncidentReport, name: str, value: Any) -> bool:
    field = IncidentReport._meta.get_field(name)
    if field.many_to_many:
        return set(getattr(row, name).all()) != set(value)
    if field.is_relation:
        return getattr(row, field.attname) != (value and value.pk)
    # As read: forms show no seconds, and lines come back with other ends.
    return value_of(row, name) != in_words(value, field.choices or ())


def _note(
    report: IncidentReport, actor: User, at: dt.datetime, lines: Collection[str]
) -> FollowUp:
    text = "\n".join(filter(None, lines))
    return FollowUp.objects.create(report=report, by=actor, at=at, text=text)


def _start(day: dt.date) -> dt.datetime:
    """Return the first instant of a day in Japan."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
