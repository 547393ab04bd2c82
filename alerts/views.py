"""Lists and pages of reports and their desk work."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django.views.generic import CreateView, DetailView, UpdateView

from core.views import ProgramFormMixin, ProgramListView

from .filtersets import CaseStoryFilterSet, IncidentReportFilterSet
from .forms import (
    CaseStoryForm,
    CloseForm,
    FollowUpForm,
    IncidentReportForm,
    PassOnForm,
)
from .models import CaseStory, IncidentReport
from .services import (
    add_follow_up,
    approve_story,
    close_report,
    desks_of,
    pass_on,
    record_view,
    viewers_of,
    withdraw_story,
)
from .tables import CaseStoryTable, IncidentReportTable


class IncidentReportListView(ProgramListView):
    """The list of reports, without any personal data."""

    model = IncidentReport
    table_class = IncidentReportTable
    filterset_class = IncidentReportFilterSet
    permission_required = "alerts.view_incidentreport"
    template_name = "alerts/incidentreport_list.html"
    title = _("Incident reports")
    create_url = "alerts:report_create"
    create_label = _("Record what you noticed")
    create_permission = "alerts.add_incidentreport"
    empty_hint = _("Nothing has been reported yet.")

    def get_queryset(self) -> QuerySet:
        """Join what every row shows, and number the rows."""
        reports = super().get_queryset().with_number()
        return reports.select_related("municipality", "workplace")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add how many reports wait for being passed on."""
        waiting = IncidentReport.objects.visible_to(self.request.user).waiting()
        return super().get_context_data(waiting=waiting.count(), **kwargs)


class IncidentReportDetailView(PermissionRequiredMixin, DetailView):
    """The page of one report: the only one that shows the person's data."""

    permission_required = "alerts.view_incidentreport"

    def get_queryset(self) -> QuerySet:
        """Return the reports the person may see, with all that the page shows."""
        return _reports(self.request)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Log the look before anything is shown."""
        return super().get_context_data(
            **report_context(self.request, self.object), **kwargs
        )


class IncidentReportUpdateView(ProgramFormMixin, UpdateView):
    """Correct a report."""

    model = IncidentReport
    form_class = IncidentReportForm
    permission_required = "alerts.change_incidentreport"
    title = _("Correct the report")

    def get_object(self, queryset: QuerySet | None = None) -> IncidentReport:
        """Log the look: the form shows the person's data."""
        report = super().get_object(queryset)
        record_view(report)
        return report

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tell the form who types."""
        return super().get_form_kwargs() | {"user": self.request.user}


def _reports(request: HttpRequest) -> QuerySet:
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
    record_view(report)
    user = request.user
    context: dict[str, Any] = {
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
            "viewers": viewers_of(report),
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
    report = get_object_or_404(_reports(request), pk=pk)
    form = PassOnForm(request.POST, report=report, user=request.user)
    act = partial(pass_on, actor=request.user)
    return _act(request, report, "pass_on", form, act)


@require_POST
@permission_required("alerts.handle_incidentreport", raise_exception=True)
def report_follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Add what was heard or done since."""
    report = get_object_or_404(_reports(request), pk=pk)
    form = FollowUpForm(request.POST)
    act = partial(add_follow_up, actor=request.user)
    return _act(request, report, "follow_up", form, act)


@require_POST
@permission_required("alerts.handle_incidentreport", raise_exception=True)
def report_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a report with its outcome."""
    report = get_object_or_404(_reports(request), pk=pk)
    act = partial(close_report, at=timezone.now())
    return _act(request, report, "close", CloseForm(request.POST), act)


class CaseStoryListView(ProgramListView):
    """The list of case stories."""

    model = CaseStory
    table_class = CaseStoryTable
    filterset_class = CaseStoryFilterSet
    permission_required = "alerts.view_casestory"
    title = _("Case stories")
    intro = _("Reports told so that nobody can be recognised, to learn from.")
    create_url = "alerts:story_create"
    create_label = _("Write a case story")
    create_permission = "alerts.add_casestory"
    empty_hint = _("Write the first case story.")

    def get_queryset(self) -> QuerySet:
        """Join the people, whom every row shows."""
        stories = super().get_queryset()
        return stories.select_related("written_by", "approved_by")


class CaseStoryDetailView(PermissionRequiredMixin, DetailView):
    """The page of one case story."""

    permission_required = "alerts.view_casestory"

    def get_queryset(self) -> QuerySet:
        """Return the stories the person may see."""
        stories = CaseStory.objects.visible_to(self.request.user)
        return stories.select_related("written_by", "approved_by", "report")


class CaseStoryCreateView(ProgramFormMixin, CreateView):
    """Write a case story, of a report when the address names one."""

    model = CaseStory
    form_class = CaseStoryForm
    permission_required = "alerts.add_casestory"
    title = _("Write a case story")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tell the form who writes."""
        return super().get_form_kwargs() | {"user": self.request.user}

    def form_valid(self, form: CaseStoryForm) -> HttpResponse:
        """Attach the report of the address, if the person may see it."""
        if (pk := self.request.GET.get("report", "")).isdecimal():
            reports = IncidentReport.objects.visible_to(self.request.user)
            form.instance.report = get_object_or_404(reports, pk=pk)
        return super().form_valid(form)


class CaseStoryUpdateView(ProgramFormMixin, UpdateView):
    """Rewrite a case story, which makes it a draft again."""

    model = CaseStory
    form_class = CaseStoryForm
    permission_required = "alerts.change_casestory"
    title = _("Rewrite the case story")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tell the form who writes."""
        return super().get_form_kwargs() | {"user": self.request.user}


@require_POST
@permission_required("alerts.approve_casestory", raise_exception=True)
def story_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a story that another person wrote."""
    act = partial(approve_story, actor=request.user, at=timezone.now())
    return _decide(request, pk, act)


@require_POST
@permission_required("alerts.approve_casestory", raise_exception=True)
def story_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw an approved story."""
    return _decide(request, pk, withdraw_story)


def _decide(request: HttpRequest, pk: int, act: Callable[..., Any]) -> HttpResponse:
    story = get_object_or_404(CaseStory.objects.visible_to(request.user), pk=pk)
    try:
        act(story=story)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Saved."))
    return redirect(story)
