"""The work of the duty officer: pass on, follow up, close, correct."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django.views.generic import UpdateView

from alerts.desk_forms import CloseForm, FollowUpForm, PassOnForm
from alerts.forms import IncidentReportForm
from alerts.models import IncidentReport
from alerts.reveal import PrintForm, RevealForm
from alerts.services import (
    add_follow_up,
    close_report,
    desks_of,
    pass_on,
    record_edit,
    record_view,
    viewers_of,
)
from core.views import ProgramFormMixin

# So many of the latest looks stand on the page of a report; a list has all of them.
SHOWN_LOOKS = 20


class IncidentReportUpdateView(ProgramFormMixin, UpdateView):
    """Correct a report."""

    model = IncidentReport
    form_class = IncidentReportForm
    permission_required = "alerts.change_incidentreport"
    title = _("Correct the report")

    def get_object(self, queryset: QuerySet | None = None) -> IncidentReport:
        """Log the look: the form shows the person's data."""
        report = super().get_object(queryset)
        record_edit(report, self.request.user)
        return report

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tell the form who types."""
        return super().get_form_kwargs() | {"user": self.request.user}


def reports_of(request: HttpRequest) -> QuerySet:
    """Return the reports the person may see, with all that a page shows of one."""
    reports = IncidentReport.objects.visible_to(request.user).with_agreement()
    return reports.select_related(
        "municipality",
        "workplace",
        "reporter",
        "entered_by",
        "desk",
        "passed_on_by",
    )


def report_context(
    request: HttpRequest, report: IncidentReport, **forms: Form
) -> dict[str, Any]:
    """Log the look, then return what the page of a report shows.

    `forms` replaces a blank form by one with errors: pass_on, follow_up, close.
    """
    record_view(report, request.user)
    return page_context(request, report, **forms)


def page_context(
    request: HttpRequest, report: IncidentReport, **forms: Form
) -> dict[str, Any]:
    """Return what the page of a report shows, once the look is logged.

    Personal data is left to the template, which shows it where `revealed` is set.
    """
    user = request.user
    context: dict[str, Any] = {
        "reveal_form": RevealForm(report=report, user=user),
        "signs": report.signs.all(),
        "follow_ups": report.follow_ups.select_related("by"),
    }
    if user.has_perm("alerts.handle_incidentreport"):
        now = {"at": timezone.now()}
        blank = {
            "pass_on": PassOnForm(report=report, user=user, initial=now),
            "follow_up": FollowUpForm(initial=now),
            "close": CloseForm(),
        }
        context |= {
            "desks": desks_of(report.municipality, user),
            "print_form": PrintForm(report=report, user=user),
            "viewers": viewers_of(report)[:SHOWN_LOOKS],
            "stories": report.stories.all(),
            "desk_forms": blank | forms,
        }
    return context


def _act(
    request: HttpRequest,
    report: IncidentReport,
    name: str,
    form: Form,
    act: Callable[..., Any],
) -> HttpResponse:
    """Call `act` with what the form says; show the page with errors if it cannot."""
    if form.is_valid():
        try:
            act(report=report, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(report)
    context = report_context(request, report, **{name: form})
    template = "alerts/incidentreport_detail.html"
    return render(request, template, {"incidentreport": report, **context})


@require_POST
@permission_required("alerts.handle_incidentreport", raise_exception=True)
def report_pass_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that a desk was told."""
    report = get_object_or_404(reports_of(request), pk=pk)
    form = PassOnForm(request.POST, report=report, user=request.user)
    act = partial(pass_on, actor=request.user)
    return _act(request, report, "pass_on", form, act)


@require_POST
@permission_required("alerts.handle_incidentreport", raise_exception=True)
def report_follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Add what was heard or done since."""
    report = get_object_or_404(reports_of(request), pk=pk)
    form = FollowUpForm(request.POST)
    act = partial(add_follow_up, actor=request.user)
    return _act(request, report, "follow_up", form, act)


@require_POST
@permission_required("alerts.handle_incidentreport", raise_exception=True)
def report_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a report with its outcome."""
    report = get_object_or_404(reports_of(request), pk=pk)
    act = partial(close_report, at=timezone.now())
    return _act(request, report, "close", CloseForm(request.POST), act)
