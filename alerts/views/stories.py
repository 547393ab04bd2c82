"""Case stories: list, page, writing, approval."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django.views.generic import CreateView, DetailView, UpdateView

from accounts.models import User
from alerts.choices import StoryState
from alerts.filtersets import CaseStoryFilterSet
from alerts.models import CaseStory, IncidentReport
from alerts.stories import approve_story, told, withdraw_story
from alerts.story_forms import ApprovalForm, CaseStoryForm, WithdrawalForm
from alerts.tables import CaseStoryTable
from core.views import ProgramFormMixin, ProgramListView

DETAIL = "alerts/casestory_detail.html"
APPROVE = "alerts.approve_casestory"


class CaseStoryListView(ProgramListView):
    """The list of case stories."""

    model = CaseStory
    table_class = CaseStoryTable
    filterset_class = CaseStoryFilterSet
    permission_required = "alerts.view_casestory"
    template_name = "alerts/casestory_list.html"
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

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add how many wait for the person's approval; None who may not approve."""
        user = self.request.user
        waiting = None
        if user.has_perm(APPROVE):
            stories = CaseStory.objects.visible_to(user)
            waiting = stories.to_be_approved_by(user).count()
        return super().get_context_data(waiting=waiting, **kwargs)


class CaseStoryDetailView(PermissionRequiredMixin, DetailView):
    """The page of one case story, as it would stand in print."""

    permission_required = "alerts.view_casestory"

    def get_queryset(self) -> QuerySet:
        """Return the stories the person may see."""
        return _stories(self.request)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the preview, and what the person may do."""
        added = story_context(self.object, self.request.user)
        return super().get_context_data(**added, **kwargs)


def story_context(
    story: CaseStory, user: User, form: forms.Form | None = None
) -> dict[str, Any]:
    """Return the preview, and the form by which the person may decide.

    form: the one that came back with errors.
    """
    if form is None and user.has_perm(APPROVE):
        if story.state == StoryState.APPROVED:
            form = WithdrawalForm()
        elif story.state == StoryState.DRAFT and story.written_by_id != user.pk:
            form = ApprovalForm(story=story)
    return {"preview": {"stories": [told(story)]}, "form": form}


class CaseStoryCreateView(ProgramFormMixin, CreateView):
    """Write a case story, of a report when the address names one."""

    model = CaseStory
    form_class = CaseStoryForm
    permission_required = "alerts.add_casestory"
    template_name = "alerts/casestory_form.html"
    title = _("Write a case story")

    @cached_property
    def report(self) -> IncidentReport | None:
        """The report that the address names, if the person may see it."""
        if not (pk := self.request.GET.get("report", "")).isdecimal():
            return None
        reports = IncidentReport.objects.visible_to(self.request.user)
        reports = reports.select_related("municipality", "workplace")
        return get_object_or_404(reports, pk=pk)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tell the form who writes, and of which report."""
        kwargs = super().get_form_kwargs()
        story = CaseStory(report=self.report)
        return kwargs | {"user": self.request.user, "instance": story}


class CaseStoryUpdateView(ProgramFormMixin, UpdateView):
    """Rewrite a case story, which makes it a draft again."""

    model = CaseStory
    form_class = CaseStoryForm
    permission_required = "alerts.change_casestory"
    template_name = "alerts/casestory_form.html"
    title = _("Rewrite the case story")

    def get_queryset(self) -> QuerySet:
        """Join the report, whose names must not stand in the story."""
        stories = super().get_queryset()
        return stories.select_related("report__municipality", "report__workplace")

    @property
    def report(self) -> IncidentReport | None:
        """The report of which the story tells."""
        return self.object.report

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tell the form who writes."""
        return super().get_form_kwargs() | {"user": self.request.user}


def _stories(request: HttpRequest) -> QuerySet:
    stories = CaseStory.objects.visible_to(request.user)
    return stories.select_related("written_by", "approved_by", "withdrawn_by", "report")


@require_POST
@permission_required(APPROVE, raise_exception=True)
def story_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a story that another person wrote."""
    story = get_object_or_404(_stories(request), pk=pk)
    form = ApprovalForm(request.POST, story=story)
    return _decide(request, story, form, approve_story)


@require_POST
@permission_required(APPROVE, raise_exception=True)
def story_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw an approved story."""
    story = get_object_or_404(_stories(request), pk=pk)
    return _decide(request, story, WithdrawalForm(request.POST), withdraw_story)


def _decide(
    request: HttpRequest, story: CaseStory, form: forms.Form, act: Callable[..., Any]
) -> HttpResponse:
    """Do it; else show the story as it is now, with what is to be put right."""
    refused = []
    if form.is_valid():
        now = timezone.now()
        try:
            act(story=story, actor=request.user, at=now, **form.cleaned_data)
        except ValidationError as error:
            # Not as a message, which would be stored: it may quote the story.
            refused, form = error.messages, None
            story = _stories(request).get(pk=story.pk)
        else:
            messages.success(request, _("Saved."))
            return redirect(story)
    context = story_context(story, request.user, form)
    return render(request, DETAIL, {"casestory": story, "refused": refused, **context})
