"""Pages of activities: list, slip, reversal, grid entry."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import CreateView, DetailView

from core.views import ProgramFormMixin, ProgramListView, Total

from .fields import caption
from .filtersets import ActivityFilterSet
from .forms import ActivityForm, ReversalForm
from .grid import CheckTotalsForm, SlipFormSet, save_sheet
from .models import Activity, Request
from .services import may_reverse, reversal_day, reverse_activity
from .tables import ActivityTable

RELATED = ("group", "recipient", "helper", "municipality")


class ActivityListView(ProgramListView):
    """The list of activities."""

    model = Activity
    table_class = ActivityTable
    filterset_class = ActivityFilterSet
    template_name = "mutualaid/activity_list.html"
    permission_required = "mutualaid.view_activity"
    title = _("Mutual-aid activities")
    totals = {
        "hours": Total(_("Hours"), Sum("duration_minutes"), per=60, decimals=1),
        "fee": Total(_("Fees (yen)"), Sum("fee_jpy")),
        "helpers": Total(_("Helpers"), Count("helper", distinct=True)),
    }
    create_url = "mutualaid:activity_create"
    create_label = _("Record an activity")
    create_permission = "mutualaid.add_activity"
    empty_hint = _("Record the first activity, or enter paper slips in the grid.")

    def get_queryset(self) -> QuerySet:
        """Join group and members, which every row shows."""
        rows = super().get_queryset()
        return rows.select_related("group", "recipient", "helper")


class ActivityDetailView(PermissionRequiredMixin, DetailView):
    """The page of one slip."""

    permission_required = "mutualaid.view_activity"

    def get_queryset(self) -> QuerySet:
        """Return the slips the person may see."""
        slips = Activity.objects.visible_to(self.request.user)
        return slips.select_related(*RELATED, "reverses", "reversal")


class ActivityCreateView(ProgramFormMixin, CreateView):
    """Record an activity, of a request when the address names one."""

    model = Activity
    form_class = ActivityForm
    permission_required = "mutualaid.add_activity"
    title = _("Record an activity")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tell the form whose requests it may answer."""
        return super().get_form_kwargs() | {"user": self.request.user}

    def get_initial(self) -> dict[str, Any]:
        """Fill in what the request says; 404 for one that is no longer pending."""
        key = self.request.GET.get("request", "")
        if not key:
            return {}
        requests = Request.objects.visible_to(self.request.user).pending()
        wish = get_object_or_404(
            requests.select_related("recipient", "helper"),
            pk=key if key.isascii() and key.isdigit() else None,
        )
        return {
            "request": wish.pk,
            "recipient": caption(wish.recipient),
            "helper": caption(wish.helper) if wish.helper else "",
            "service": wish.service,
        }


@permission_required(
    ("mutualaid.add_activity", "mutualaid.view_activity"), raise_exception=True
)
def activity_reverse(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for day and reason, and take the slip back."""
    slips = Activity.objects.visible_to(request.user).select_related(*RELATED)
    activity = get_object_or_404(slips, pk=pk)
    if not may_reverse(activity):
        messages.error(request, _gettext("This slip is already reversed."))
        return redirect(activity)
    initial = {"done_on": reversal_day(activity)}
    form = ReversalForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            reversal = reverse_activity(activity=activity, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _gettext("The slip is reversed."))
            return redirect(reversal)
    context = {"activity": activity, "form": form}
    return render(request, "mutualaid/activity_reverse.html", context)


@permission_required("mutualaid.add_activity", raise_exception=True)
def activity_grid(request: HttpRequest) -> HttpResponse:
    """Take in ten paper slips at once; nothing is saved unless the totals agree."""
    data = request.POST if request.method == "POST" else None
    totals, slips = CheckTotalsForm(data, prefix="check"), SlipFormSet(data)
    if data is not None and (saved := save_sheet(totals, slips)):
        text = ngettext("%(n)d slip saved.", "%(n)d slips saved.", len(saved))
        messages.success(request, text % {"n": len(saved)})
        return redirect("mutualaid:activity_grid")
    context = {
        "totals": totals,
        "slips": slips,
        "located_errors": slips.located_errors() if data is not None else [],
    }
    return render(request, "mutualaid/activity_grid.html", context)
