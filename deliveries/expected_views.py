"""Pages of expected deliveries, of plans and of days without deliveries."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import CreateView, DeleteView, FormView, UpdateView

from core.spreadsheets.reading import SpreadsheetError
from core.views import ProgramFormMixin, ProgramListView, Total

from . import weekdays
from .expected import Progress, by_concern, with_families
from .expected_filtersets import DayOffFilterSet, ExpectedFilterSet, PlanFilterSet
from .expected_forms import DayOffForm, PlanEndForm, PlanForm, PlanImportForm
from .expected_tables import DayOffTable, ExpectedTable, PlanTable
from .models import DayOff, Plan
from .plan_imports import import_plans
from .wording import first_problems

# Between them every day has one before and one after it.
EARLIEST, LATEST = dt.date(1900, 1, 1), dt.date(2200, 1, 1)


class ExpectedListView(ProgramListView):
    """The deliveries planned for a day, and which of them have not come."""

    model = Plan
    table_class = ExpectedTable
    filterset_class = ExpectedFilterSet
    permission_required = "deliveries.view_plan"
    template_name = "deliveries/expected_list.html"
    title = _("Expected deliveries")
    intro = _(
        "A record does not say of which kind a delivery is: of two planned for a "
        "member, the one due first counts as delivered first."
    )
    # What cannot be read gives an empty list, too, but one with the columns of the day.
    strict = False
    totals = {
        progress: Total(progress.label, Count("pk", filter=Q(progress=progress)))
        for progress in Progress
    }

    def get_table_data(self) -> QuerySet:
        """Join what every row shows; what is missing comes first."""
        rows = self.object_list.select_related("workplace")
        return with_families(rows, self.filterset.day).order_by(
            by_concern(), "expected_by", "member_number", "pk"
        )

    def get_summary(self) -> dict[str, Any]:
        """Return the totals always: a day has no more rows than can be counted."""
        measures = {name: total.measure for name, total in self.totals.items()}
        rows = self.object_list.order_by()
        return rows.aggregate(count=Count("pk"), **measures)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the day and the instant that are shown, and the days beside it."""
        context = super().get_context_data(**kwargs)
        day, step = self.filterset.day, dt.timedelta(days=1)
        has_neighbours = EARLIEST < day < LATEST
        return context | {
            "day": day,
            "previous": day - step if has_neighbours else None,
            "next": day + step if has_neighbours else None,
            "now": timezone.now(),
        }


class PlanListView(ProgramListView):
    """The list of plans."""

    model = Plan
    table_class = PlanTable
    filterset_class = PlanFilterSet
    permission_required = "deliveries.view_plan"
    template_name = "deliveries/expected_plan_list.html"
    title = _("Planned deliveries")
    intro = _("Of several plans of one kind for a member, the newest counts.")
    create_url = "deliveries:plan_create"
    create_label = _("Plan deliveries")
    create_permission = "deliveries.add_plan"
    empty_hint = _("Plan the deliveries to a member, or bring in a list.")

    def get_table_kwargs(self) -> dict[str, Any]:
        """Leave out what the person may not do."""
        may_change = self.request.user.has_perm("deliveries.change_plan")
        return {} if may_change else {"exclude": ("change",)}

    def get_queryset(self) -> QuerySet:
        """Join the workplace, and name the days."""
        plans = super().get_queryset().select_related("workplace")
        return plans.annotate(days=weekdays.names())


class PlanCreateView(ProgramFormMixin, CreateView):
    """Plan deliveries to a member."""

    model = Plan
    form_class = PlanForm
    permission_required = "deliveries.add_plan"
    title = _("Plan deliveries")
    success_url = reverse_lazy("deliveries:plan_list")

    def get_initial(self) -> dict[str, Any]:
        """Propose the person's own workplace."""
        return {"workplace": self.request.user.workplace_id}


class PlanUpdateView(ProgramFormMixin, UpdateView):
    """Change a plan."""

    model = Plan
    form_class = PlanForm
    permission_required = "deliveries.change_plan"
    title = _("Change the plan")
    success_url = reverse_lazy("deliveries:plan_list")


class PlanEndView(ProgramFormMixin, UpdateView):
    """End a plan."""

    model = Plan
    form_class = PlanEndForm
    permission_required = "deliveries.change_plan"
    title = _("End the plan")
    submit_label = _("End")
    success_url = reverse_lazy("deliveries:plan_list")


class PlanImportView(PermissionRequiredMixin, FormView):
    """Bring in a list of plans: all of it or nothing."""

    template_name = "components/form_page.html"
    form_class = PlanImportForm
    permission_required = ("deliveries.add_plan", "deliveries.change_plan")

    def get_initial(self) -> dict[str, Any]:
        """Propose the person's own workplace."""
        return {"workplace": self.request.user.workplace_id}

    def form_valid(self, form: PlanImportForm) -> HttpResponse:
        """Take the list over, or name what is wrong with it."""
        file = form.cleaned_data["file"]
        workplace = form.cleaned_data["workplace"]
        try:
            outcome = import_plans(
                file=file.file, filename=file.name, workplace=workplace
            )
        except SpreadsheetError as error:
            for text in first_problems(error):
                form.add_error("file", text)
            return self.form_invalid(form)
        text = _("%(read)d rows read, %(created)d plans new, %(changed)d changed.")
        messages.success(self.request, text % outcome._asdict())
        return redirect("deliveries:plan_list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add title, label of the button and where "cancel" leads."""
        return super().get_context_data(
            title=_("Bring in planned deliveries"),
            submit_label=_("Bring in"),
            cancel_url=reverse("deliveries:plan_list"),
            **kwargs,
        )


class DayOffListView(ProgramListView):
    """The list of days without deliveries."""

    model = DayOff
    table_class = DayOffTable
    filterset_class = DayOffFilterSet
    permission_required = "deliveries.view_dayoff"
    title = _("Days without deliveries")
    intro = _("Public holidays are ordinary days unless they are listed here.")
    create_url = "deliveries:dayoff_create"
    create_label = _("Add a day without deliveries")
    create_permission = "deliveries.add_dayoff"
    empty_hint = _("Add the days on which no delivery is expected.")

    def get_table_kwargs(self) -> dict[str, Any]:
        """Leave out what the person may not do."""
        may_delete = self.request.user.has_perm("deliveries.delete_dayoff")
        return {} if may_delete else {"exclude": ("remove",)}

    def get_queryset(self) -> QuerySet:
        """Join the workplace, which every row shows."""
        return super().get_queryset().select_related("workplace")


class DayOffCreateView(PermissionRequiredMixin, FormView):
    """Add days without deliveries."""

    template_name = "components/form_page.html"
    form_class = DayOffForm
    permission_required = "deliveries.add_dayoff"

    def form_valid(self, form: DayOffForm) -> HttpResponse:
        """Add those that are not listed yet."""
        days = form.new_days()
        if not days:
            form.add_error("day", _("This day is already listed."))
            return self.form_invalid(form)
        with transaction.atomic():
            for day in days:
                day.save()
        text = ngettext("%(n)d day added.", "%(n)d days added.", len(days))
        messages.success(self.request, text % {"n": len(days)})
        return redirect("deliveries:dayoff_list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add title, label of the button and where "cancel" leads."""
        return super().get_context_data(
            title=_("Add a day without deliveries"),
            submit_label=_("Add"),
            cancel_url=reverse("deliveries:dayoff_list"),
            **kwargs,
        )


class DayOffDeleteView(PermissionRequiredMixin, DeleteView):
    """Delete a day without deliveries, after asking."""

    template_name = "deliveries/expected_dayoff_delete.html"
    permission_required = "deliveries.delete_dayoff"
    success_url = reverse_lazy("deliveries:dayoff_list")

    def get_queryset(self) -> QuerySet:
        """Return the days the person may see."""
        days = DayOff.objects.visible_to(self.request.user)
        return days.select_related("workplace")

    def form_valid(self, form: Any) -> HttpResponse:
        """Delete, and say so."""
        response = super().form_valid(form)
        messages.success(self.request, _("Deleted."))
        return response
