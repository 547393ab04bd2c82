"""Pages of agreements and visits."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import Count, F, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django.views.generic import CreateView, DetailView, UpdateView

from core import fiscal
from core.forms import DayForm
from core.views import ProgramFormMixin, ProgramListView, Total
from dashboard.indicators import Moment
from municipalities.models import Municipality

from .contributions import grid
from .filtersets import AgreementFilterSet, UnvisitedFilterSet, VisitFilterSet
from .forms import AgreementForm, PromiseForm, VisitForm
from .models import Agreement, Promise, Visit
from .services import coverage_on, municipalities_on, not_visited_in
from .tables import AgreementTable, UnvisitedTable, VisitTable

MUNICIPALITIES = Total(_("Municipalities"), Count("municipality", distinct=True))


class AgreementListView(ProgramListView):
    """The list of agreements."""

    model = Agreement
    table_class = AgreementTable
    filterset_class = AgreementFilterSet
    permission_required = "agreements.view_agreement"
    title = _("Watch agreements")
    totals = {"municipalities": MUNICIPALITIES}
    create_url = "agreements:agreement_create"
    create_label = _("Record an agreement")
    create_permission = "agreements.add_agreement"
    empty_hint = _("Record the first agreement with a municipality.")

    def get_queryset(self) -> QuerySet:
        """Join the municipality, which every row shows."""
        return super().get_queryset().select_related("municipality")


class AgreementDetailView(PermissionRequiredMixin, DetailView):
    """The page of one agreement."""

    permission_required = "agreements.view_agreement"

    def get_queryset(self) -> QuerySet:
        """Return the agreements the person may see."""
        agreements = Agreement.objects.visible_to(self.request.user)
        return agreements.select_related("municipality")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Tell whether it is in force today."""
        today = fiscal.local_date()
        return super().get_context_data(
            is_in_force=self.object.is_in_force(today), **kwargs
        )


class AgreementCreateView(ProgramFormMixin, CreateView):
    """Record an agreement."""

    model = Agreement
    form_class = AgreementForm
    permission_required = "agreements.add_agreement"
    title = _("Record an agreement")


class AgreementUpdateView(ProgramFormMixin, UpdateView):
    """Change an agreement."""

    model = Agreement
    form_class = AgreementForm
    permission_required = "agreements.change_agreement"
    title = _("Change the agreement")


@permission_required("agreements.view_agreement", raise_exception=True)
def agreement_document(request: HttpRequest, pk: int) -> FileResponse:
    """Send the signed agreement as a download, never for display in the page."""
    agreements = Agreement.objects.visible_to(request.user)
    agreement = get_object_or_404(agreements, pk=pk)
    if not agreement.document:
        raise Http404
    return FileResponse(
        agreement.document.open(), as_attachment=True, filename=f"agreement-{pk}.pdf"
    )


@permission_required("agreements.view_agreement", raise_exception=True)
def coverage(request: HttpRequest) -> HttpResponse:
    """Show the coverage by prefecture on any day, and who has no agreement then."""
    today = fiscal.local_date()
    form = DayForm(request.GET if "on" in request.GET else {"on": f"{today:%Y/%m/%d}"})
    day = form.cleaned_data["on"] if form.is_valid() else today
    rows = coverage_on(day)
    return render(
        request,
        "agreements/coverage.html",
        {
            "form": form,
            "day": day,
            "rows": rows,
            "in_area": sum(row.in_area for row in rows),
            "in_force": sum(row.in_force for row in rows),
            "without": municipalities_on(day).filter(has_agreement=False),
            "grid": grid(Moment(fiscal.fiscal_year_of(day), day)),
            "year": fiscal.fiscal_year_of(day),
        },
    )


class UnvisitedListView(ProgramListView):
    """The municipalities of the service area that were not visited this year."""

    model = Municipality
    table_class = UnvisitedTable
    filterset_class = UnvisitedFilterSet
    permission_required = "agreements.view_visit"
    title = _("Not yet visited this year")
    create_url = "agreements:visit_create"
    create_label = _("Record a visit")
    create_permission = "agreements.add_visit"

    def get_queryset(self) -> QuerySet:
        """Return those without a visit in the running year, longest waiting first."""
        unvisited = not_visited_in(fiscal.current_year())
        return unvisited.order_by(F("last_visit_on").asc(nulls_first=True), "code")


class VisitListView(ProgramListView):
    """The list of visits."""

    model = Visit
    table_class = VisitTable
    filterset_class = VisitFilterSet
    permission_required = "agreements.view_visit"
    title = _("Visits")
    totals = {"municipalities": MUNICIPALITIES}
    create_url = "agreements:visit_create"
    create_label = _("Record a visit")
    create_permission = "agreements.add_visit"
    empty_hint = _("Record the first visit to a municipality.")

    def get_queryset(self) -> QuerySet:
        """Join the municipality, which every row shows."""
        return super().get_queryset().select_related("municipality")


class VisitDetailView(PermissionRequiredMixin, DetailView):
    """The page of one visit, with all that is still promised to the municipality."""

    permission_required = "agreements.view_visit"

    def get_queryset(self) -> QuerySet:
        """Return the visits the person may see."""
        visits = Visit.objects.visible_to(self.request.user)
        return visits.select_related("municipality")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the promises of this visit, and the open ones of earlier visits."""
        user = self.request.user
        promises = Promise.objects.visible_to(user).select_related("visit")
        earlier = promises.open().filter(
            visit__municipality=self.object.municipality_id,
            visit__visited_on__lt=self.object.visited_on,
        )
        return super().get_context_data(
            promises=promises.filter(visit=self.object),
            earlier_promises=earlier,
            promise_form=PromiseForm(),
            **kwargs,
        )


class VisitCreateView(ProgramFormMixin, CreateView):
    """Record a visit."""

    model = Visit
    form_class = VisitForm
    permission_required = "agreements.add_visit"
    title = _("Record a visit")


class VisitUpdateView(ProgramFormMixin, UpdateView):
    """Change a visit."""

    model = Visit
    form_class = VisitForm
    permission_required = "agreements.change_visit"
    title = _("Change the visit")


class PromiseCreateView(ProgramFormMixin, CreateView):
    """Add a promise to a visit."""

    model = Promise
    form_class = PromiseForm
    permission_required = "agreements.add_promise"
    title = _("Add a promise")

    def form_valid(self, form: PromiseForm) -> HttpResponse:
        """Attach the promise to the visit of the URL."""
        visits = Visit.objects.visible_to(self.request.user)
        form.instance.visit = get_object_or_404(visits, pk=self.kwargs["pk"])
        return super().form_valid(form)

    def get_success_url(self) -> str:
        """Return to the visit."""
        return self.object.visit.get_absolute_url()


@require_POST
@permission_required("agreements.change_promise", raise_exception=True)
def promise_keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a promise as kept today; a second time changes nothing."""
    promises = Promise.objects.visible_to(request.user).select_related("visit")
    promise = get_object_or_404(promises, pk=pk)
    if promise.kept_on is None:
        promise.kept_on = fiscal.local_date()
        promise.save(update_fields=["kept_on"])
    return redirect(promise.visit)
