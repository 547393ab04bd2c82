"""Case stories: list, page, writing, approval."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django.views.generic import CreateView, DetailView, UpdateView

from alerts.filtersets import CaseStoryFilterSet
from alerts.models import CaseStory, IncidentReport
from alerts.services import approve_story, withdraw_story
from alerts.story_forms import CaseStoryForm
from alerts.tables import CaseStoryTable
from core.views import ProgramFormMixin, ProgramListView


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
