"""The work of the duty officer: pass on, follow up, close, correct."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django.views.generic import UpdateView

from accounts.models import User
from alerts.conflicts import carried, clashes, settle
from alerts.desk_forms import (
    AskAgainForm,
    CloseForm,
    CorrectionForm,
    DeskForm,
    FollowUpForm,
    PassOnForm,
)
from alerts.duplicates import similar_context
from alerts.handling import (
    Outdated,
    add_follow_up,
    ask_again,
    close_report,
    correct_report,
    pass_on,
    waits_for_outcome,
)
from alerts.history import history_of
from alerts.models import IncidentReport
from alerts.reveal import PrintForm, RevealForm
from alerts.right_desk import calls_for
from alerts.services import record_edit, record_view, viewers_of
from core.views import ProgramFormMixin

HANDLE = "alerts.handle_incidentreport"
# So many of the latest looks stand on the page of a report; a list has all of them.
SHOWN_LOOKS = 10


class IncidentReportUpdateView(ProgramFormMixin, UpdateView):
    """Correct a report; what stood there before is kept."""

    model = IncidentReport
    form_class = CorrectionForm
    permission_required = "alerts.change_incidentreport"
    title = _("Correct the report")

    def get_object(self, queryset: QuerySet | None = None) -> IncidentReport:
        """Log the look: the form shows the person's data."""
        report = super().get_object(queryset)
        record_edit(report, self.request.user)
        return report

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tell the form who types, and carry out what was chosen between two texts."""
        kwargs = super().get_form_kwargs() | {"user": self.request.user}
        self.undecided: list[str] = []
        if "data" in kwargs:
            kwargs["data"], self.undecided = settle(self.request.POST)
        return kwargs

    def form_valid(self, form: CorrectionForm) -> HttpResponse:
        """Store what was changed, unless somebody else was faster."""
        if self.undecided:
            return self._show_both(form)
        try:
            kept = correct_report(
                report=form.instance,
                names=[name for name in form.fields if name != "version"],
                signs=form.cleaned_data["signs"],
                version=form.cleaned_data["version"],
                actor=self.request.user,
                at=timezone.now(),
            )
        except Outdated:
            return self._show_both(form)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        text = _("Saved.") if kept else _("Nothing was changed.")
        messages.success(self.request, text)
        return redirect(self.object)

    def _show_both(self, form: CorrectionForm) -> HttpResponse:
        now = self.get_queryset().get(pk=self.object.pk)
        current = CorrectionForm(instance=now, user=self.request.user)
        return show_conflict(self.request, form, current, self.undecided)


def reports_of(request: HttpRequest) -> QuerySet:
    """Return the reports the person may see, with all that a page shows of one."""
    reports = IncidentReport.objects.visible_to(request.user).with_agreement()
    return reports.select_related(
        "municipality",
        "workplace",
        "course",
        "reporter",
        "entered_by",
        "desk",
        "passed_on_by",
    )


def report_context(
    request: HttpRequest, report: IncidentReport, **forms: BaseForm
) -> dict[str, Any]:
    """Log the look, then return what the page of a report shows.

    `forms` replaces a blank form by one with errors: pass_on, follow_up, close,
    ask_again.
    """
    record_view(report, request.user)
    return page_context(request, report, **forms)


def page_context(
    request: HttpRequest, report: IncidentReport, **forms: BaseForm
) -> dict[str, Any]:
    """Return what the page of a report shows, once the look is logged.

    Personal data is left to the template, which shows it where `revealed` is set.
    """
    user = request.user
    context: dict[str, Any] = {
        "reveal_form": RevealForm(report=report, user=user),
        "signs": report.signs.all(),
        "history": history_of(report),
        **similar_context(report=report, user=user),
    }
    if user.has_perm(HANDLE):
        context |= _desk_context(report, user, forms)
    return context


def _desk_context(
    report: IncidentReport, user: User, forms: dict[str, BaseForm]
) -> dict[str, Any]:
    """Return what those see besides who handle the report."""
    calls = calls_for(
        municipality=report.municipality,
        at=timezone.now(),
        person_kind=report.person_kind,
        course=report.course,
        user=user,
    )
    about = {"report": report, "user": user}
    first = {"desk": calls[0].desk.pk} if calls else {}
    blank = {
        "pass_on": PassOnForm(initial=first, **about),
        "follow_up": FollowUpForm(**about),
        "close": CloseForm(**about),
        "ask_again": AskAgainForm(**about),
    }
    return {
        "calls": calls,
        "waits_for_outcome": waits_for_outcome(report),
        "print_form": PrintForm(report=report, user=user),
        "viewers": viewers_of(report)[:SHOWN_LOOKS],
        "stories": report.stories.all(),
        "desk_forms": blank | forms,
    }


def show_conflict(
    request: HttpRequest,
    form: BaseForm,
    current: BaseForm,
    undecided: list[str],
) -> HttpResponse:
    """Show what is recorded beside what was typed, to choose from; log the look.

    `form` is valid; `current` is one of the same kind, unbound, about the row of now.
    """
    report = current.report
    record_edit(report, request.user)
    context = {
        "report": report,
        "clashes": clashes(form, current, request.POST),
        "carried": list(carried(form, current)),
        "undecided": undecided,
        "last": history_of(report)[-1],
    }
    return render(request, "alerts/report_conflict.html", context, status=409)


def _act(
    request: HttpRequest,
    report: IncidentReport,
    name: str,
    form_class: type[DeskForm],
    act: Callable[..., Any],
) -> HttpResponse:
    """Call `act` with what the form says; show the page with errors if it cannot."""
    data, undecided = settle(request.POST)
    form = form_class(data, report=report, user=request.user)
    if form.is_valid():
        answer = _carry_out(request, form, act, undecided)
        if answer is not None:
            return answer
    context = report_context(request, report, **{name: form})
    template = "alerts/incidentreport_detail.html"
    return render(request, template, {"incidentreport": report, **context})


def _carry_out(
    request: HttpRequest,
    form: DeskForm,
    act: Callable[..., Any],
    undecided: list[str],
) -> HttpResponse | None:
    """Act and go to the report, or show both texts; None when the form has errors."""
    if not undecided:
        try:
            act(report=form.report, **form.cleaned_data)
        except Outdated:
            pass
        except ValidationError as error:
            form.add_error(None, error)
            return None
        else:
            messages.success(request, _("Saved."))
            return redirect(form.report)
    now = get_object_or_404(reports_of(request), pk=form.report.pk)
    current = type(form)(report=now, user=request.user)
    return show_conflict(request, form, current, undecided)


@require_POST
@permission_required(HANDLE, raise_exception=True)
def report_pass_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that a desk was told."""
    report = get_object_or_404(reports_of(request), pk=pk)
    act = partial(pass_on, actor=request.user)
    return _act(request, report, "pass_on", PassOnForm, act)


@permission_required(HANDLE, raise_exception=True)
def report_pass_on_update(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct which desk was told, who answered, how and when; log the look."""
    report = get_object_or_404(reports_of(request), pk=pk)
    record_edit(report, request.user)
    data: QueryDict | None = None
    undecided: list[str] = []
    if request.method == "POST":
        data, undecided = settle(request.POST)
    form = PassOnForm(data, report=report, user=request.user)
    if form.is_valid():
        act = partial(pass_on, actor=request.user)
        if (answer := _carry_out(request, form, act, undecided)) is not None:
            return answer
    context = {
        "title": _("Correct who was told"),
        "form": form,
        "submit_label": _("Save"),
        "cancel_url": report.get_absolute_url(),
    }
    return render(request, "components/form_page.html", context)


@require_POST
@permission_required(HANDLE, raise_exception=True)
def report_follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Add what was heard or done since."""
    report = get_object_or_404(reports_of(request), pk=pk)
    act = partial(add_follow_up, actor=request.user)
    return _act(request, report, "follow_up", FollowUpForm, act)


@require_POST
@permission_required(HANDLE, raise_exception=True)
def report_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a report with its outcome, or change the outcome of a closed one."""
    report = get_object_or_404(reports_of(request), pk=pk)
    act = partial(close_report, actor=request.user, at=timezone.now())
    return _act(request, report, "close", CloseForm, act)


@require_POST
@permission_required(HANDLE, raise_exception=True)
def report_ask_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that the outcome is still unknown, and when to ask again."""
    report = get_object_or_404(reports_of(request), pk=pk)
    act = partial(ask_again, actor=request.user, at=timezone.now())
    return _act(request, report, "ask_again", AskAgainForm, act)
