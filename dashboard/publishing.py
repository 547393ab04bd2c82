"""Publishing the annual report: frozen versions, and the one that is public."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import fiscal

from . import documents
from .documents import Document
from .indicators import registry
from .models import AnnualFigure, AnnualReport, ReportText, YearClosing


def introductions(year: int) -> dict[str, str]:
    """Return the introductions of a year's report by section. One query."""
    rows = ReportText.objects.filter(fiscal_year=year)
    return dict(rows.values_list("section", "text"))


def publish(
    *, year: int, actor: User, at: dt.datetime, after: int | None = None
) -> AnnualReport:
    """Freeze the report of a closed year as its next version.

    It holds all figures, whatever the actor may see. after: the newest version that
    the actor knows (0: none); None publishes whatever there is. Raises ValidationError
    when the year is not closed, a figure cannot be computed, or somebody else was
    faster. Publishing waits for one that runs, and for the year's reopening.
    """
    with transaction.atomic():
        standing = YearClosing.objects.standing().filter(fiscal_year=year)
        # Whoever holds the closing's row publishes; SQLite has one writer anyway.
        if standing.select_for_update().first() is None:
            why = _("Close %(year)s first: only closed figures can be published.")
            raise ValidationError(why % {"year": fiscal.label(year)}, code="open")
        newest = AnnualReport.objects.newest(year).first()
        version = newest.version if newest else 0
        if after is not None and version != after:
            raise ValidationError(_faster(newest), code="changed")
        stored = AnnualFigure.objects.all()
        today = fiscal.local_date(at)
        book = documents.book_of(year, registry, stored, today=today)
        document = documents.build(year, book, texts=introductions(year))
        _require_whole(document)
        return AnnualReport.objects.create(
            fiscal_year=year,
            version=version + 1,
            document=document,
            sha256=documents.fingerprint(document),
            published_at=at,
            published_by=actor,
        )


def _faster(newest: AnnualReport | None) -> str:
    if newest is None:
        return _("This version does not exist. Look at the draft once more.")
    words = {"person": newest.published_by, "version": newest.version}
    why = _(
        "Meanwhile %(person)s has published version %(version)s. Look at it, and "
        "publish again if something has to change."
    )
    return why % words


def _require_whole(document: Document) -> None:
    failed = [
        figure["label"]
        for section in document["sections"]
        for figure in section["figures"]
        if figure["has_failed"]
    ]
    if failed:
        why = _("These figures cannot be computed at the moment: %(labels)s.")
        raise ValidationError(why % {"labels": ", ".join(failed)}, code="failed")


def set_public(*, report: AnnualReport, is_public: bool) -> AnnualReport:
    """Let a version be read without sign-in, in place of any other; or no more."""
    with transaction.atomic():
        # In the order of the primary key, so that two of these never wait crosswise.
        same = AnnualReport.objects.filter(fiscal_year=report.fiscal_year)
        versions = list(same.select_for_update().order_by("pk").defer("document"))
        for version in versions:
            wanted = is_public and version.pk == report.pk
            # The old one first: the database allows one public version of a year.
            if version.is_public and not wanted:
                version.is_public = False
                version.save(update_fields=["is_public"])
        if is_public and not report.is_public:
            report.is_public = True
            report.save(update_fields=["is_public"])
    report.refresh_from_db(fields=["is_public"])
    return report
