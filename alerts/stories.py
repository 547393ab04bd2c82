"""Case stories: the checklist, approving, withdrawing, and what is told of them."""

import datetime as dt
import hashlib
from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User

from .choices import StoryState
from .models import CaseStory
from .traces import Known

# Read line by line by whoever writes a story, and again by whoever approves it.
CHECKLIST = {
    "names": gettext_lazy("No name, no address, no telephone number"),
    "dates": gettext_lazy("No date, only the time of year"),
    "rarity": gettext_lazy("Nothing so unusual that neighbours would know the person"),
    "family": gettext_lazy("The person cannot be told by family, work or illness"),
    "photos": gettext_lazy("No photo, and nothing quoted word for word"),
}
TEXTS = ("title", "text", "area")
TOLD = (*TEXTS, "age_band", "season")


def told(story: CaseStory) -> dict[str, Any]:
    """Return what the annual report shows of a story, as plain data."""
    return {
        "id": story.pk,
        "title": story.title,
        "text": story.text,
        "age": str(story.get_age_band_display() or ""),
        "area": story.area,
        "season": str(story.get_season_display() or ""),
    }


def fingerprint(story: CaseStory) -> str:
    """Return what changes with every word of a story, and with its state."""
    parts = [story.state, *(getattr(story, name) for name in TOLD)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def refuse_unticked(ticked: Collection[str]) -> None:
    """Raise ValidationError unless every line of the checklist is ticked."""
    if not CHECKLIST.keys() <= set(ticked):
        raise ValidationError(
            _("Read the story again, and tick every line."), code="checklist"
        )


@transaction.atomic
def approve_story(
    *,
    story: CaseStory,
    actor: User,
    at: dt.datetime,
    checklist: Collection[str],
    seen: str,
) -> CaseStory:
    """Approve the draft that the person has read and whose checklist they ticked.

    seen: the fingerprint of what was read. Raises ValidationError for the writer, for
    no draft, for lines not ticked, when the story was rewritten since it was read, and
    when something in it tells who it was.
    """
    row = _locked(story)
    if row.state != StoryState.DRAFT:
        raise ValidationError(_("Only a draft can be approved."), code="state")
    if row.written_by_id == actor.pk:
        raise ValidationError(
            _("Another person than the writer must approve."), code="writer"
        )
    refuse_unticked(checklist)
    if fingerprint(row) != seen:
        raise ValidationError(
            _("The story was rewritten meanwhile. Read it again."), code="rewritten"
        )
    known = Known(row.report)
    if found := [one for name in TEXTS for one in known.traces_in(getattr(row, name))]:
        raise ValidationError([str(one) for one in found], code="trace")
    row.state, row.approved_by, row.approved_at = StoryState.APPROVED, actor, at
    row.save()
    return row


@transaction.atomic
def withdraw_story(
    *, story: CaseStory, actor: User, at: dt.datetime, reason: str
) -> CaseStory:
    """Withdraw an approved story: from then on it is shown nowhere.

    Raises ValidationError for any other, and without a reason.
    """
    row = _locked(story)
    if row.state != StoryState.APPROVED:
        raise ValidationError(_("Only an approved story can be withdrawn."))
    if not reason.strip():
        raise ValidationError(_("Say why the story is withdrawn."), code="reason")
    row.state, row.withdrawn_by, row.withdrawn_at = StoryState.WITHDRAWN, actor, at
    row.withdrawn_reason = reason
    row.save()
    return row


def _locked(story: CaseStory) -> CaseStory:
    rows = CaseStory.objects.select_for_update(of=("self",))
    rows = rows.select_related("report__municipality", "report__workplace")
    return rows.get(pk=story.pk)
