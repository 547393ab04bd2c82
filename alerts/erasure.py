"""Blanking personal data whose time is over; what is counted stays as it is.

Each report is one transaction, so that a run can be killed at any point: the next one
goes on where it stopped.
"""

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AccessEntry, User
from accounts.reads import record_change

from .models import PERSONAL, FollowUp, IncidentReport, Photo
from .photos import FOLDER

BLANK = dict.fromkeys(PERSONAL, "")
# A file younger than this may belong to a photo that is being stored right now.
STRAY_AFTER = dt.timedelta(hours=1)


def kept_since(at: dt.datetime) -> dt.datetime:
    """Return from when on reports keep their personal data at the instant `at`."""
    return at - dt.timedelta(days=settings.ALERTS_RETENTION_DAYS)


def due(at: dt.datetime) -> QuerySet:
    """Return the reports to erase, with `ended_at`, the longest closed first.

    A report that continues another ends with that one.
    """
    rows = IncidentReport.objects.filter(erased_at__isnull=True)
    rows = rows.annotate(ended_at=Coalesce("closed_at", "merged_into__closed_at"))
    return rows.filter(ended_at__lt=kept_since(at)).order_by("ended_at", "pk")


def overdue(at: dt.datetime) -> QuerySet:
    """Return reports noticed that long ago and never closed: a person has to."""
    rows = IncidentReport.objects.filter(
        erased_at__isnull=True,
        closed_at__isnull=True,
        merged_into__closed_at__isnull=True,
        noticed_at__lt=kept_since(at),
    )
    return rows.order_by("noticed_at", "pk")


def erase(*, at: dt.datetime, actor: User | None) -> Iterator[IncidentReport]:
    """Erase one report after the other, and yield each once that is committed.

    None as `actor` stands for a command.
    """
    # The keys first: on SQLite a cursor left open would hold up other writers.
    for pk in list(due(at).values_list("pk", flat=True)):
        if (report := _erase_one(pk, at, actor)) is not None:
            yield report


@transaction.atomic
def _erase_one(pk: int, at: dt.datetime, actor: User | None) -> IncidentReport | None:
    """Erase a report; None when somebody else has, or it was opened again."""
    held = IncidentReport.objects.select_for_update(of=("self",))
    report = held.filter(pk__in=due(at).values("pk")).filter(pk=pk).first()
    if report is None:
        return None
    # Files first: killed after that, the rows still say that there is work to do.
    for photo in report.photos.all():
        default_storage.delete(photo.file.name)
        photo.delete()
    # The version moves on: a form opened before cannot write the old text back.
    blank = {**BLANK, "erased_at": at, "version": F("version") + 1}
    IncidentReport.objects.filter(pk=pk).update(**blank)
    report.follow_ups.update(text="")
    for correction in report.corrections.all():
        # By update(), because saving would be noted with what stood there.
        before = dict.fromkeys(correction.before, "")
        report.corrections.filter(pk=correction.pk).update(before=before)
    record_change(
        user=actor,
        action=AccessEntry.Action.ERASE,
        subject=report,
        reason=_("The time for keeping it is over."),
    )
    return report


def sweep(at: dt.datetime) -> int:
    """Delete what was left behind beside the reports; return how many files.

    Texts that were being added while a report was erased; sessions that are over, which
    may hold what one program handed over to the form of another; files of photos
    without a row, as of a server that was killed while it stored or deleted one.
    """
    added = FollowUp.objects.filter(report__erased_at__isnull=False).exclude(text="")
    added.update(text="")
    SessionStore.clear_expired()
    if not default_storage.exists(FOLDER):
        return 0
    _folders, files = default_storage.listdir(FOLDER)
    known = set(Photo.objects.values_list("file", flat=True))
    stray = [f"{FOLDER}/{name}" for name in files if f"{FOLDER}/{name}" not in known]
    old = [name for name in stray if _modified(name) < at - STRAY_AFTER]
    for name in old:
        default_storage.delete(name)
    return len(old)


def _modified(name: str) -> dt.datetime:
    try:
        return default_storage.get_modified_time(name)
    except FileNotFoundError:
        # Deleted meanwhile by the view that deletes photos.
        return timezone.now()
