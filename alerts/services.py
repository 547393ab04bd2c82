"""Sending reports once, their desks, and the log of who looks at them."""

from collections.abc import Collection
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import AccessEntry, User
from accounts.reads import record_read
from core.locks import hold
from municipalities.fields import match, postal_code
from municipalities.models import Desk, Municipality

from .models import FIRST_ACTIONS, PERSONAL, IncidentReport, Sign

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
    with transaction.atomic():
        # Not left to the unique key: PostgreSQL logs the refused row, text and all.
        hold(f"alerts.report:{report.client_key}")
        first = IncidentReport.objects.filter(client_key=report.client_key).first()
        if first is None:
            report.save(force_insert=True)
            report.signs.set(signs)
            return Submission(report, is_new=True, is_same=True)
    if first.entered_by_id != actor.pk:
        raise ValidationError(
            _("This form was already sent. Open the form anew."), code="sent"
        )
    return Submission(first, is_new=False, is_same=_is_same(first, report, signs))


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
