"""Sending reports once, their way to a desk and to an outcome, and case stories."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import AccessEntry, User
from accounts.reads import record_read
from municipalities.fields import match, postal_code
from municipalities.models import Desk, Municipality

from .choices import Method, Outcome, ReportState, StoryState
from .models import FIRST_ACTIONS, PERSONAL, CaseStory, FollowUp, IncidentReport, Sign

# What the sender typed; a second sending is the same when all of it is the same.
TYPED = (
    "channel",
    "workplace_id",
    "municipality_id",
    "course_id",
    "person_kind",
    "noticed_at",
    "emergency_called_at",
    *FIRST_ACTIONS,
    *(name for name in PERSONAL if name != "desk_person"),
)


@dataclass(frozen=True)
class Submission:
    """The stored report; whether it is new, and whether it is what was sent now."""

    report: IncidentReport
    is_new: bool
    is_same: bool


def submit_report(
    *, report: IncidentReport, signs: Collection[Sign], actor: User
) -> Submission:
    """Store an unsaved report once per client key, whoever else sends it meanwhile.

    The first sending is kept. Raises ValidationError when another person's form has
    the key.
    """
    try:
        with transaction.atomic():
            report.save(force_insert=True)
            report.signs.set(signs)
    except IntegrityError:
        first = IncidentReport.objects.filter(client_key=report.client_key).first()
        if first is None:
            raise
        if first.entered_by_id != actor.pk:
            raise ValidationError(
                _("This form was already sent. Open the form anew."), code="sent"
            ) from None
        return Submission(first, is_new=False, is_same=_is_same(first, report, signs))
    return Submission(report, is_new=True, is_same=True)


def _is_same(
    first: IncidentReport, second: IncidentReport, signs: Collection[Sign]
) -> bool:
    typed = all(getattr(first, name) == getattr(second, name) for name in TYPED)
    return typed and set(first.signs.all()) == set(signs)


def municipalities_of(written: str) -> list[Municipality]:
    """Return the municipalities in which a postal code lies; costs one query."""
    if not postal_code(written):
        return []
    rows = Municipality.objects.filter(valid_until__isnull=True)
    return list(match(rows, written).order_by("-is_in_service_area", "code"))


def desks_of(municipality: Municipality, user: User) -> list[Desk]:
    """Return the desks in use to call, the municipal ones first."""
    desks = Desk.objects.visible_to(user).filter(
        municipality=municipality, is_active=True
    )
    kinds = Desk.Kind.values
    return sorted(desks, key=lambda desk: (kinds.index(desk.kind), desk.name))


def record_view(report: IncidentReport, user: User) -> None:
    """Log that `user` opens the page of a report, before it is shown."""
    record_read(user=user, action=AccessEntry.Action.VIEW, subject=report)


def record_edit(report: IncidentReport, user: User) -> None:
    """Log that `user` opens a form with the person's data, before it is shown."""
    record_read(user=user, action=AccessEntry.Action.EDIT, subject=report)


def viewers_of(report: IncidentReport) -> QuerySet:
    """Return who saw the report, when, how and why, the latest first."""
    return AccessEntry.objects.of(report).select_related("user")


def _locked(report: IncidentReport) -> IncidentReport:
    """Return the row as it is now, held until the transaction ends.

    Raises ValidationError when it is closed already.
    """
    row = IncidentReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if row.state == ReportState.CLOSED:
        raise ValidationError(_("This report is already closed."), code="closed")
    return row


@transaction.atomic
def pass_on(
    *,
    report: IncidentReport,
    actor: User,
    desk: Desk | None,
    desk_person: str,
    method: Method,
    at: dt.datetime,
) -> IncidentReport:
    """Record that a desk was told; None as desk stands for one that is not listed.

    Raises ValidationError when somebody else passed it on or closed it meanwhile, and
    for a time before it was noticed.
    """
    row = _locked(report)
    if row.state != ReportState.RECEIVED:
        raise ValidationError(
            _("Somebody has already passed this report on."), code="passed_on"
        )
    if at < row.noticed_at:
        raise ValidationError(
            _("It cannot have been passed on before it was noticed."), code="early"
        )
    row.state = ReportState.PASSED_ON
    row.desk, row.desk_person, row.passed_on_method = desk, desk_person, method
    row.passed_on_at, row.passed_on_by = at, actor
    row.save()
    return row


def add_follow_up(
    *, report: IncidentReport, actor: User, at: dt.datetime, text: str
) -> FollowUp:
    """Add what was heard or done; possible after closing, too."""
    return FollowUp.objects.create(report=report, by=actor, at=at, text=text)


@transaction.atomic
def close_report(
    *, report: IncidentReport, outcome: Outcome, at: dt.datetime
) -> IncidentReport:
    """Close a report with its outcome. Raises ValidationError when it is closed."""
    row = _locked(report)
    row.state, row.outcome, row.closed_at = ReportState.CLOSED, outcome, at
    row.save()
    return row


@transaction.atomic
def approve_story(*, story: CaseStory, actor: User, at: dt.datetime) -> CaseStory:
    """Approve a draft. Raises ValidationError for the writer, and for no draft."""
    row = CaseStory.objects.select_for_update(of=("self",)).get(pk=story.pk)
    if row.state != StoryState.DRAFT:
        raise ValidationError(_("Only a draft can be approved."), code="state")
    if row.written_by_id == actor.pk:
        raise ValidationError(
            _("Another person than the writer must approve."), code="writer"
        )
    row.state, row.approved_by, row.approved_at = StoryState.APPROVED, actor, at
    row.save()
    return row


@transaction.atomic
def withdraw_story(*, story: CaseStory) -> CaseStory:
    """Withdraw an approved story. Raises ValidationError for any other."""
    row = CaseStory.objects.select_for_update(of=("self",)).get(pk=story.pk)
    if row.state != StoryState.APPROVED:
        raise ValidationError(_("Only an approved story can be withdrawn."))
    row.state = StoryState.WITHDRAWN
    row.save(update_fields=["state"])
    return row
