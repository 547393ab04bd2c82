"""Merging reports of one event, telling others apart, and undoing both.

A report that continues another is merged into it and not counted; both keep their own
history, in which the decision stands. There are no chains: whatever continues a report
points at the one that counts.
"""

import datetime as dt
from collections.abc import Collection

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User

from .models import Distinction, FollowUp, IncidentReport

CONTINUES = gettext_lazy("This report continues %(number)s.")
IS_CONTINUED = gettext_lazy("%(number)s continues this report.")
IS_SEPARATED = gettext_lazy("No longer recorded as one event with %(number)s.")
IS_APART = gettext_lazy("A different event than %(number)s.")
IS_NOT_APART = gettext_lazy("No longer recorded as a different event than %(number)s.")


@transaction.atomic
def merge(
    *,
    report: IncidentReport,
    into: IncidentReport,
    actor: User,
    at: dt.datetime,
    version: int,
) -> IncidentReport:
    """Let `report` continue `into`, or what that one continues; return that.

    What continued `report` moves along. Raises ValidationError when the report changed
    since `version`, is merged already, or was passed on while the other was not.
    """
    rows = _locked({report.pk, into.pk, into.merged_into_id or into.pk})
    row, main = rows[report.pk], rows[into.pk]
    main = rows.get(main.merged_into_id or main.pk)
    _refuse_merging(row, main, version)
    moved = IncidentReport.objects.select_for_update(of=("self",)).order_by("pk")
    for one in [row, *moved.filter(merged_into=row)]:
        one.merged_into = main
        _save(one)
        _note(one, actor, at, CONTINUES, main)
        Distinction.objects.filter(**_pair(one, main)).delete()
    _note(main, actor, at, IS_CONTINUED, row)
    return main


def _refuse_merging(
    row: IncidentReport, main: IncidentReport | None, version: int
) -> None:
    _refuse_changed(row, version)
    if main is None:
        raise _changed()
    if main.pk == row.pk:
        raise ValidationError(
            _("These two are already recorded as one event."), code="same"
        )
    if row.merged_into_id:
        raise ValidationError(
            _("This report already continues another one. Separate them first."),
            code="merged",
        )
    if row.passed_on_at and not main.passed_on_at:
        raise ValidationError(
            _(
                "%(number)s was passed on and %(other)s was not. Merge them the other "
                "way round, so that the one passed on is counted."
            ),
            code="passed_on",
            params={"number": row.receipt_number, "other": main.receipt_number},
        )


@transaction.atomic
def separate(
    *, report: IncidentReport, actor: User, at: dt.datetime, reason: str, version: int
) -> IncidentReport:
    """Let a merged report stand and count for itself again.

    Raises ValidationError when it changed since `version` or continues nothing.
    """
    if not report.merged_into_id:
        raise _changed()
    rows = _locked({report.pk, report.merged_into_id})
    row = rows[report.pk]
    _refuse_changed(row, version)
    if not (main := rows.get(row.merged_into_id)):
        raise _changed()
    row.merged_into = None
    _save(row)
    _note(row, actor, at, IS_SEPARATED, main, reason)
    _note(main, actor, at, IS_SEPARATED, row, reason)
    return row


@transaction.atomic
def tell_apart(
    *, report: IncidentReport, other: IncidentReport, actor: User, at: dt.datetime
) -> Distinction:
    """Record that two reports tell of different events; they are not hinted again.

    Raises ValidationError for reports that are recorded as one event.
    """
    rows = _locked({report.pk, other.pk})
    one, two = rows[report.pk], rows[other.pk]
    if (one.merged_into_id or one.pk) == (two.merged_into_id or two.pk):
        raise ValidationError(
            _("These two are already recorded as one event."), code="same"
        )
    made, is_new = Distinction.objects.get_or_create(
        **_pair(one, two), defaults={"by": actor, "at": at}
    )
    if is_new:
        _note(one, actor, at, IS_APART, two)
        _note(two, actor, at, IS_APART, one)
    return made


@transaction.atomic
def take_back_distinction(
    *,
    report: IncidentReport,
    other: IncidentReport,
    actor: User,
    at: dt.datetime,
    reason: str,
) -> None:
    """Take back that two reports were told apart; raises ValidationError if not so."""
    rows = _locked({report.pk, other.pk})
    one, two = rows[report.pk], rows[other.pk]
    deleted, _kinds = Distinction.objects.filter(**_pair(one, two)).delete()
    if not deleted:
        raise _changed()
    _note(one, actor, at, IS_NOT_APART, two, reason)
    _note(two, actor, at, IS_NOT_APART, one, reason)


def _locked(keys: Collection[int]) -> dict[int, IncidentReport]:
    """Return the rows as they are now, held until the transaction ends."""
    rows = IncidentReport.objects.select_for_update(of=("self",)).order_by("pk")
    return {row.pk: row for row in rows.filter(pk__in=keys)}


def _save(row: IncidentReport) -> None:
    row.version += 1
    row.save(update_fields=["merged_into", "version"])


def _pair(one: IncidentReport, two: IncidentReport) -> dict[str, int]:
    first, second = sorted((one.pk, two.pk))
    return {"first_id": first, "second_id": second}


def _changed() -> ValidationError:
    return ValidationError(
        _("Somebody has changed this report meanwhile. Look at it again, then decide."),
        code="conflict",
    )


def _refuse_changed(row: IncidentReport, version: int) -> None:
    if row.version != version:
        raise _changed()


def _note(
    row: IncidentReport,
    actor: User,
    at: dt.datetime,
    text: Promise,
    other: IncidentReport,
    reason: str = "",
) -> None:
    """Write the decision into the history of a report, in the language of the co-op."""
    with translation.override(settings.LANGUAGE_CODE):
        said = str(text) % {"number": other.receipt_number}
    lines = "\n".join(filter(None, [said, reason]))
    FollowUp.objects.create(report=row, by=actor, at=at, text=lines)
