"""Recording, reversing and summing up activities."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from core import fiscal

from .models import Activity, Group, Member, Request, Tariff

# Helpers are honoured when they reach these hours.
RECOGNITION_HOURS = (1000, 500)
AMOUNTS = ("fee_jpy", "helper_jpy", "office_jpy", "travel_jpy")


def draft_activity(
    *,
    recipient: Member,
    helper: Member,
    done_on: dt.date,
    duration_minutes: int,
    **details: Any,
) -> Activity:
    """Return an unsaved slip with group, municipality and fee of the day frozen.

    Raises ValidationError by form field: two groups, not a member on that day, no
    tariff on that day, a slip number already recorded.
    """
    _check_members(recipient, helper, done_on)
    group = recipient.group
    tariff = Tariff.objects.filter(group=group).valid_on(done_on).first()
    if tariff is None:
        message = _("%(group)s has no tariff on this day. Record the tariff first.")
        raise ValidationError({"done_on": message % {"group": group}})
    number = details.get("slip_number")
    slips = Activity.objects.filter(group=group, kind=Activity.Kind.NORMAL)
    if number and slips.filter(slip_number=number).exists():
        raise ValidationError({"slip_number": doubled_slip()})
    return Activity(
        recipient=recipient,
        helper=helper,
        done_on=done_on,
        duration_minutes=duration_minutes,
        group=group,
        municipality_id=recipient.municipality_id,
        **tariff.fee_for(duration_minutes)._asdict(),
        **details,
    )


def doubled_slip() -> str:
    """Return the message for a slip number that stands twice."""
    return _(
        "This slip is already recorded. For the corrected copy of a reversed slip, "
        "add “-2” to its number."
    )


def _check_members(recipient: Member, helper: Member, done_on: dt.date) -> None:
    errors = {}
    if helper == recipient:
        errors["helper"] = _("Nobody can be helped by themselves.")
    elif helper.group_id != recipient.group_id:
        errors["helper"] = _("This helper belongs to another group than the recipient.")
    for name, member in (("recipient", recipient), ("helper", helper)):
        if not member.active_on(done_on):
            message = _("%(number)s is not a member on %(day)s. Check date and member.")
            day = f"{done_on:%Y/%m/%d}"
            errors[name] = message % {"number": member.number, "day": day}
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def record_activities(*, activities: Iterable[Activity]) -> list[Activity]:
    """Save drafted slips, all or none; number those without a number.

    The requests they answer are done. Raises ValidationError when a slip number was
    recorded meanwhile.
    """
    saved = []
    for activity in activities:
        # One at a time per group, so that no number is given twice.
        Group.objects.select_for_update().get(pk=activity.group_id)
        if not activity.slip_number:
            activity.slip_number = _next_number(activity)
        activity.validate_constraints()
        activity.save()
        if activity.request_id:
            Request.objects.filter(pk=activity.request_id).update(
                state=Request.State.DONE, helper=activity.helper_id
            )
        saved.append(activity)
    return saved


def _next_number(activity: Activity) -> str:
    slips = Activity.objects.filter(group=activity.group_id, kind=Activity.Kind.NORMAL)
    prefix = f"A{activity.done_on:%y%m%d}-"
    number = slips.filter(slip_number__startswith=prefix).count() + 1
    while slips.filter(slip_number=f"{prefix}{number}").exists():
        number += 1
    return f"{prefix}{number}"


@transaction.atomic
def reverse_activity(*, activity: Activity, done_on: dt.date, reason: str) -> Activity:
    """Take a slip back by a second one with negative time and amounts.

    `done_on` is the day it counts on: a day of the open year, when that of the slip is
    closed. Raises ValidationError for a reversal, and for a slip already reversed.
    """
    activity = Activity.objects.select_for_update().get(pk=activity.pk)
    if not may_reverse(activity):
        raise ValidationError(_("This slip is already reversed."))
    if done_on < activity.done_on:
        raise ValidationError(
            {"done_on": _("A slip cannot be reversed before its own day.")}
        )
    reversal = reverse_draft(activity, done_on=done_on, reason=reason)
    reversal.save()
    return reversal


def reverse_draft(activity: Activity, *, done_on: dt.date, reason: str) -> Activity:
    """Return the unsaved slip that takes `activity` back; it bears the same number."""
    return Activity(
        kind=Activity.Kind.REVERSAL,
        reverses=activity,
        reversal_reason=reason,
        slip_number=activity.slip_number,
        group_id=activity.group_id,
        recipient_id=activity.recipient_id,
        helper_id=activity.helper_id,
        municipality_id=activity.municipality_id,
        request_id=activity.request_id,
        done_on=done_on,
        duration_minutes=-activity.duration_minutes,
        circumstance=activity.circumstance,
        service=activity.service,
        **{name: -getattr(activity, name) for name in AMOUNTS},
    )


def may_reverse(activity: Activity) -> bool:
    """Tell whether the slip is no reversal and not reversed yet. Costs one query."""
    reversals = Activity.objects.filter(reverses=activity.pk)
    return activity.kind == Activity.Kind.NORMAL and not reversals.exists()


def month_bounds(year: int, month: int) -> tuple[dt.date, dt.date]:
    """Return first and last day of a calendar month. Raises ValueError."""
    first = dt.date(year, month, 1)
    following = (first + dt.timedelta(days=31)).replace(day=1)
    return first, following - dt.timedelta(days=1)


def helped_minutes(member: Member) -> int:
    """Return the minutes a member has helped since the beginning, in one query."""
    total = member.helped.aggregate(total=Sum("duration_minutes"))["total"]
    return total or 0


def recognition(minutes: int) -> int | None:
    """Return the highest honour reached, in hours; None below the first."""
    reached = (hours for hours in RECOGNITION_HOURS if minutes >= hours * 60)
    return next(reached, None)


def reversal_day(activity: Activity) -> dt.date:
    """Return the day to propose: the slip's own in the running year, else today."""
    running = activity.fiscal_year == fiscal.current_year()
    return activity.done_on if running else fiscal.local_date()
