"""The closing of a year: its state, versions and remarks; close, reopen, remark."""

import logging
from collections.abc import Generator, Iterator
from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import CreateView

from core import fiscal
from core.filters import FIRST_YEAR
from core.views import ProgramFormMixin
from dashboard import pages
from dashboard.checks import results_of
from dashboard.closing import (
    Step,
    close_year,
    differences,
    fingerprint,
    recount,
    reopen_year,
    require_ended,
)
from dashboard.closing_forms import CloseForm, RemarkForm, ReopenForm
from dashboard.models import Remark, YearClosing

logger = logging.getLogger(__name__)
# Where the steps go in the page that shows progress.
STEPS = "<!-- steps -->"
VIEW = (pages.PAGE, "dashboard.view_yearclosing")
CLOSE = (*VIEW, "dashboard.add_yearclosing")
REOPEN = (*VIEW, "dashboard.change_yearclosing")


@permission_required(VIEW, raise_exception=True)
def closing(request: HttpRequest, year: int) -> HttpResponseBase:
    """Show the state of a year: what to check, who closed it, what its versions say."""
    return _page(request, year)


@permission_required(CLOSE, raise_exception=True)
@require_POST
def close(request: HttpRequest, year: int) -> HttpResponseBase:
    """Close a year and show the progress; again the page where something is wrong."""
    today = fiscal.local_date()
    results = results_of(_known(year), today=today, user=request.user)
    found = [result.summary for result in results if not result.is_good]
    form = CloseForm(request.POST, has_findings=bool(found))
    try:
        require_ended(year, today)
    except ValidationError as error:
        form.add_error(None, error)
    if not form.is_valid():
        return _page(request, year, close_form=form, results=results)
    steps = close_year(year=year, actor=request.user, at=timezone.now(), findings=found)
    answer = StreamingHttpResponse(_progress(request, year, steps))
    # A proxy that collects the answer first would show no progress.
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def _progress(
    request: HttpRequest, year: int, steps: Generator[Step, None, YearClosing]
) -> Iterator[str]:
    """Yield the page piece by piece: a line per step, and how it ended.

    When the person goes away, the generator is closed and nothing was changed.
    """
    with translation.override(request.LANGUAGE_CODE):
        context = {"year": year, "steps": STEPS}
        page = render_to_string("dashboard/closing_progress.html", context, request)
        done = _("%(year)s is closed.") % {"year": fiscal.label(year)}
        onwards = _("To the closing of the year")
        failed = _("Closing broke off, and nothing was changed. Please try again.")
    head, tail = page.split(STEPS)
    yield head
    message = format_html('<p class="message message-success">{}</p>', done)
    problem = '<p class="message message-error">{}</p>'
    try:
        for step in steps:
            yield format_html(
                "<li>{} / {}　{}</li>\n", step.done, step.total, step.label
            )
    except ValidationError as error:
        text = " ".join(error.messages)
        message = format_html(problem, text)
    except Exception:  # the head is out already: no other page can tell of it
        logger.exception("Closing %s failed", year)
        message = format_html(problem, failed)
    url = reverse("dashboard:closing", args=[year])
    yield format_html(
        '</ol><div role="status">{}</div><p><a class="btn btn-primary" href="{}">{}'
        "</a></p>",
        message,
        url,
        onwards,
    )
    yield tail


@permission_required(REOPEN, raise_exception=True)
@require_POST
def reopen(request: HttpRequest, year: int) -> HttpResponse:
    """Reopen a closed year with a reason."""
    form = ReopenForm(request.POST)
    standing = YearClosing.objects.standing().filter(fiscal_year=_known(year))
    if not standing.exists():
        text = _("%(year)s is not closed.") % {"year": fiscal.label(year)}
        messages.error(request, text)
        return redirect("dashboard:closing", year)
    if form.is_valid():
        try:
            reopen_year(
                year=_known(year),
                actor=request.user,
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            text = _("%(year)s is open again. Close it when the records are right.")
            messages.success(request, text % {"year": fiscal.label(year)})
            return redirect("dashboard:closing", year)
    return _page(request, year, reopen_form=form)


class RemarkCreateView(ProgramFormMixin, CreateView):
    """Record a note, a break or a correction beside a figure of a year."""

    model = Remark
    form_class = RemarkForm
    permission_required = (*VIEW, "dashboard.add_remark")
    title = gettext_lazy("Record a remark or a correction")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Answer 404 to a year out of the calendar before anything is typed."""
        _known(self.kwargs["year"])
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        """Take figure and part from the link that led here."""
        names = ("indicator", "breakdown", "kind")
        return {n: self.request.GET[n] for n in names if n in self.request.GET}

    def form_valid(self, form: RemarkForm) -> HttpResponseBase:
        """Keep the year and who recorded it."""
        form.instance.fiscal_year = self.kwargs["year"]
        form.instance.recorded_by = self.request.user
        return super().form_valid(form)

    def get_success_url(self) -> str:
        """Go back to the year."""
        return reverse("dashboard:closing", args=[self.kwargs["year"]])

    def _cancel_url(self) -> str:
        return self.get_success_url()


@permission_required((*VIEW, "dashboard.delete_remark"), raise_exception=True)
@require_POST
def remark_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a note or a break back; a correction stays (the database refuses)."""
    remark = get_object_or_404(Remark.objects.visible_to(request.user), pk=pk)
    with transaction.atomic():
        remark.delete()
    messages.success(request, _("The remark was deleted."))
    return redirect("dashboard:closing", remark.fiscal_year)


def _page(request: HttpRequest, year: int, **given: Any) -> HttpResponse:
    today = fiscal.local_date()
    versions = YearClosing.objects.visible_to(request.user).filter(
        fiscal_year=_known(year)
    )
    versions = list(versions.select_related("closed_by", "reopened_by"))
    standing = next((one for one in versions if one.stands), None)
    context: dict[str, Any] = {
        "year": year,
        "versions": versions,
        "standing": standing,
        "has_ended": fiscal.last_day(year) < today,
        "opens_on": fiscal.bounds(year)[1],
        "changes": [
            (after, differences(before, after)) for after, before in pairwise(versions)
        ],
        "remarks": Remark.objects.visible_to(request.user)
        .filter(fiscal_year=year)
        .select_related("recorded_by"),
        **given,
    }
    if standing:
        context.setdefault("reopen_form", ReopenForm())
        if request.GET.get("recount"):
            context["is_intact"] = fingerprint(standing) == standing.sha256
            context["recounted"] = recount(standing, today)
    else:
        if "results" not in context:
            context["results"] = results_of(year, today=today, user=request.user)
        results = context["results"]
        has_findings = any(not result.is_good for result in results)
        context.setdefault("close_form", CloseForm(has_findings=has_findings))
    return render(request, "dashboard/closing.html", context)


def _known(year: int) -> int:
    """Return a year of the calendar that has begun; else raise Http404."""
    if not FIRST_YEAR <= year <= fiscal.current_year():
        raise Http404
    return year
