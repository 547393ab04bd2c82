"""Pages of municipalities and desks, and suggestions for the form field."""

from typing import Any

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from core import fiscal
from core.views import ProgramListView

from .filtersets import DeskFilterSet, MunicipalityFilterSet
from .models import Desk, Municipality
from .services import suggest_municipalities
from .tables import DeskTable, MunicipalityTable


class MunicipalityListView(ProgramListView):
    """The list of municipalities, those of the service area first."""

    model = Municipality
    table_class = MunicipalityTable
    filterset_class = MunicipalityFilterSet
    permission_required = "municipalities.view_municipality"
    template_name = "municipalities/municipality_list.html"
    title = _("Municipalities")
    intro = _("All municipalities of Japan; those of the service area come first.")
    empty_hint = _("Bring the list in with the command import_municipalities.")

    def get_queryset(self) -> QuerySet:
        """Put the service area first."""
        return super().get_queryset().order_by("-is_in_service_area", "code")


class DeskListView(ProgramListView):
    """The list of desks in use."""

    model = Desk
    table_class = DeskTable
    filterset_class = DeskFilterSet
    permission_required = "municipalities.view_desk"
    template_name = "municipalities/desk_list.html"
    title = _("Desks")
    intro = _("Whom to call when something was noticed. Touch a number to call it.")
    empty_hint = _("An administrator enters desks in the administration.")

    def get_queryset(self) -> QuerySet:
        """Join the municipality, which every row shows; leave out closed desks."""
        desks = super().get_queryset().filter(is_active=True)
        rows = desks.select_related("municipality")
        return rows.order_by("municipality__code", "kind", "name")


class DeskDetailView(PermissionRequiredMixin, DetailView):
    """The page of one desk, and the other desks of its municipality."""

    permission_required = "municipalities.view_desk"

    def get_queryset(self) -> QuerySet:
        """Return the desks the person may see."""
        desks = Desk.objects.visible_to(self.request.user)
        return desks.select_related("municipality")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the other desks, and whether somebody should verify this one."""
        desks = Desk.objects.visible_to(self.request.user)
        due = desks.due_for_verification(fiscal.local_date())
        others = desks.filter(municipality=self.object.municipality, is_active=True)
        return super().get_context_data(
            is_due=due.filter(pk=self.object.pk).exists(),
            others=others.exclude(pk=self.object.pk),
            **kwargs,
        )


def suggest(request: HttpRequest) -> HttpResponse:
    """Answer with the options for what was typed so far; every signed-in person may."""
    found = suggest_municipalities(request.GET.get("q", ""))
    # Without the request: the frame of a page, and its queries, are not needed here.
    options = render_to_string("municipalities/_suggestions.html", {"found": found})
    return HttpResponse(options)
