"""The annual report: draft and published versions, introductions, public address."""

import logging
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import fiscal
from core.filters import FIRST_YEAR
from core.programs import ProgramConfig
from dashboard import documents, pages, publishing, suppression
from dashboard.documents import OPENING, Document
from dashboard.forms import ReportTextForm
from dashboard.indicators import registry
from dashboard.models import AnnualFigure, AnnualReport, ReportText, YearClosing
from dashboard.report_exports import export_document
from dashboard.report_pages import render_document

logger = logging.getLogger(__name__)
VIEW = (pages.PAGE, "dashboard.view_annualreport", "dashboard.view_reporttext")
WRITE = (*VIEW, "dashboard.add_reporttext", "dashboard.change_reporttext")
PUBLISH = (*VIEW, "dashboard.view_yearclosing", "dashboard.add_annualreport")
OPEN = (*VIEW, "dashboard.change_annualreport")
# What stands in the address for the report's own introduction.
OPENING_SLUG = "opening"


@dataclass(frozen=True)
class Shown:
    """What a reader gets: the document, and the version it is; None for a draft.

    hidden: how many figures the reader's role does not show. is_intact: whether the
    stored document still has its hash.
    """

    document: Document
    version: AnnualReport | None
    hidden: int
    is_intact: bool = True

    @property
    def sha256(self) -> str:
        """The hash of the version; empty for a draft."""
        return self.version.sha256 if self.version else ""

    def is_older_than(self, closing: YearClosing | None) -> bool:
        """Tell whether the closing that the version was made of stands no longer."""
        if self.version is None:
            return False
        hashes = [one["sha256"] for one in self.document["closings"]]
        return closing is None or closing.sha256 not in hashes


@permission_required(VIEW, raise_exception=True)
@require_safe
def report(request: HttpRequest, year: int) -> HttpResponseBase:
    """Show the report: the newest version, one asked for, or the draft."""
    versions = _versions(request, _known(year))
    shown = _shown(request, year, versions)
    if kind := request.GET.get("export"):
        return export_document(request, shown.document, kind, shown.sha256)
    body = render_document(
        shown.document, report=shown.version, sha256=shown.sha256, is_public=False
    )
    standing = YearClosing.objects.visible_to(request.user).standing()
    closing = standing.filter(fiscal_year=year).first()
    context = {
        "year": year,
        "shown": shown,
        "body": body,
        "versions": versions,
        "newest": versions[0] if versions else None,
        "public_version": next((v for v in versions if v.is_public), None),
        "closing": closing,
        "is_reopened": shown.is_older_than(closing),
        "text_sections": _text_sections(shown.document),
    }
    return render(request, "dashboard/report.html", context)


def _versions(request: HttpRequest, year: int) -> list[AnnualReport]:
    """Return all versions of a year without their documents, the newest first."""
    rows = AnnualReport.objects.visible_to(request.user).newest(year)
    return list(rows.defer("document").select_related("published_by"))


def _shown(request: HttpRequest, year: int, versions: list[AnnualReport]) -> Shown:
    """Return the version asked for; without one the newest, else the draft."""
    asked = request.GET.get("version", "")
    if request.GET.get("draft") or not (asked or versions):
        return _draft(request, year)
    wanted = [v for v in versions if not asked or str(v.version) == asked]
    if not wanted:
        raise Http404
    version = wanted[0]
    document, hidden = documents.readable(version.document, request.user)
    is_intact = documents.fingerprint(version.document) == version.sha256
    return Shown(document, version, hidden, is_intact)


def _draft(request: HttpRequest, year: int) -> Shown:
    """Return the report as it would be published now, as far as the reader may see."""
    own = pages.indicators_for(request.user)
    stored = AnnualFigure.objects.visible_to(request.user)
    today = fiscal.local_date()
    book = documents.book_of(year, own, stored, today=today)
    texts = publishing.introductions(year)
    document = documents.build(year, book, texts=texts, may=request.user.has_perm)
    return Shown(document, None, len(list(registry)) - len(own))


def _text_sections(document: Document) -> list[tuple[str, str]]:
    """Return (slug, title) of every introduction that may be written."""
    programs = [(s["program"], s["title"]) for s in document["sections"]]
    return [(OPENING_SLUG, _("The report's own introduction")), *programs]


@permission_required(WRITE, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: HttpRequest, year: int, section: str) -> HttpResponse:
    """Write the introduction of a section; it goes into the draft."""
    name, title = _section(section)
    place = {"fiscal_year": _known(year), "section": name}
    rows = ReportText.objects.visible_to(request.user)
    stored = rows.filter(**place).first() or ReportText(**place)
    form = ReportTextForm(request.POST or None, instance=stored)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                form.save()
        except IntegrityError:
            # Somebody else wrote the first text of the section in the same moment.
            form = ReportTextForm(request.POST, instance=rows.get(**place))
            form.full_clean()
        else:
            messages.success(request, _("Saved. It stands in the draft."))
            return redirect(f"{reverse('report:report', args=[year])}?draft=1")
    context = {"year": year, "form": form, "title": title}
    return render(request, "dashboard/report_text.html", context)


def _section(slug: str) -> tuple[str, str]:
    """Return name and title of a section; raise Http404 for one that is none."""
    if slug == OPENING_SLUG:
        return OPENING, _("The report's own introduction")
    config = apps.app_configs.get(slug)
    if not isinstance(config, ProgramConfig):
        raise Http404
    return slug, str(config.verbose_name)


@permission_required(PUBLISH, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, year: int) -> HttpResponse:
    """Ask whether to publish, and publish."""
    errors: list[str] = []
    if request.method == "POST":
        after = request.POST.get("after", "")
        try:
            done = publishing.publish(
                year=_known(year),
                actor=request.user,
                at=timezone.now(),
                after=int(after) if after.isdecimal() and len(after) < 6 else -1,
            )
        except ValidationError as error:
            errors = error.messages
        else:
            words = {"version": done.version}
            messages.success(request, _("Version %(version)s is published.") % words)
            return redirect("report:report", year)
    standing = YearClosing.objects.visible_to(request.user).standing()
    versions = _versions(request, _known(year))
    context: dict[str, Any] = {"year": year, "errors": errors}
    context["closing"] = standing.filter(fiscal_year=year).first()
    context["newest"] = versions[0] if versions else None
    return render(request, "dashboard/report_publish.html", context)


@permission_required(OPEN, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest, year: int) -> HttpResponse:
    """Show what the public would see of a version, and switch the address."""
    versions = _versions(request, _known(year))
    asked = (request.POST or request.GET).get("version", "")
    chosen = [v for v in versions if not asked or str(v.version) == asked]
    if not chosen:
        raise Http404
    if request.method == "POST":
        is_public = request.POST.get("public") == "on"
        publishing.set_public(report=chosen[0], is_public=is_public)
        on, off = _("The report can be read by everybody."), _("The address is off.")
        messages.success(request, on if is_public else off)
        return redirect("report:address", year)
    context = {
        "year": year,
        "versions": versions,
        "chosen": chosen[0],
        "public_version": next((v for v in versions if v.is_public), None),
        "public_url": request.build_absolute_uri(reverse("report:public", args=[year])),
        "body": _public_body(chosen[0]),
    }
    return render(request, "dashboard/report_address.html", context)


@login_not_required
@require_safe
def public(request: HttpRequest, year: int) -> HttpResponse:
    """Show the version that may be read without sign-in, without small numbers."""
    version = get_object_or_404(AnnualReport.objects.public(), fiscal_year=year)
    if documents.fingerprint(version.document) != version.sha256:
        logger.error("The report %s does not have its hash", version)
        raise Http404
    context = {"year": year, "version": version, "body": _public_body(version)}
    return render(request, "dashboard/report_public.html", context)


def _public_body(version: AnnualReport) -> str:
    """Return the public form as HTML.

    Its hash is its own: from that of the whole document hidden numbers could be found
    by trying.
    """
    document = suppression.public(version.document)
    sha256 = documents.fingerprint(document)
    return render_document(document, report=version, sha256=sha256, is_public=True)


def _known(year: int) -> int:
    """Return a year of the calendar that has begun; else raise Http404."""
    if not FIRST_YEAR <= year <= fiscal.current_year():
        raise Http404
    return year
