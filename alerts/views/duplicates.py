"""Similar reports: the hint while entering, and what an officer decides about them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from alerts.duplicate_forms import (
    ClueForm,
    MergeForm,
    OtherForm,
    SeparateForm,
    TakeBackForm,
)
from alerts.duplicates import similar_to
from alerts.hints import hint_lines, may_ask
from alerts.merging import merge, separate, take_back_distinction, tell_apart
from alerts.models import IncidentReport


@login_not_required
@require_POST
def similar(request: HttpRequest) -> HttpResponse:
    """Answer with a hint at what is similar to the form as far as it is filled in.

    The form asks by itself while somebody types: who is not signed in any more gets no
    hint, and is not torn away from the form.
    """
    if not request.user.is_authenticated:
        return HttpResponse(status=204)
    return _hint(request)


@permission_required("alerts.add_incidentreport", raise_exception=True)
def _hint(request: HttpRequest) -> HttpResponse:
    clues = ClueForm(request.POST).clues()
    context = {"hint": [], "is_limited": False}
    if "municipality" in clues and len(clues) > 1:
        now = timezone.now()
        if may_ask(request.user, now=now):
            found = similar_to(**{"noticed_at": now} | clues)
            context["hint"] = hint_lines(found, user=request.user, now=now)
        else:
            context["is_limited"] = True
    return render(request, "alerts/_similar_hint.html", context)


@require_POST
@permission_required("alerts.handle_incidentreport", raise_exception=True)
def report_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the report continue another one; show the one that counts."""
    form = MergeForm(request.POST, user=request.user)
    return _decide(request, pk, form, lambda other, **data: merge(into=other, **data))


@require_POST
@permission_required("alerts.handle_incidentreport", raise_exception=True)
def report_separate(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a merged report stand for itself again."""
    return _decide(request, pk, SeparateForm(request.POST), separate)


@require_POST
@permission_required("alerts.handle_incidentreport", raise_exception=True)
def report_tell_apart(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that another report tells of a different event."""
    form = OtherForm(request.POST, user=request.user)
    return _decide(request, pk, form, tell_apart)


@require_POST
@permission_required("alerts.handle_incidentreport", raise_exception=True)
def report_not_apart(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back that two reports were told apart."""
    form = TakeBackForm(request.POST, user=request.user)
    return _decide(request, pk, form, take_back_distinction)


def _decide(
    request: HttpRequest, pk: int, form: Form, act: Callable[..., Any]
) -> HttpResponse:
    """Call `act` with what the form says; go to the report it returns, or back."""
    reports = IncidentReport.objects.visible_to(request.user)
    report = get_object_or_404(reports, pk=pk)
    result = None
    if form.is_valid():
        data = form.cleaned_data | {"actor": request.user, "at": timezone.now()}
        try:
            result = act(report=report, **data)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("Saved."))
    else:
        errors = [text for texts in form.errors.values() for text in texts]
        messages.error(request, " ".join(errors))
    return redirect(result if isinstance(result, IncidentReport) else report)
