"""The list of municipalities, and suggestions for the form field."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from core.views import ProgramListView
from municipalities.filtersets import MunicipalityFilterSet
from municipalities.models import Municipality
from municipalities.services import suggest_municipalities
from municipalities.tables import MunicipalityTable


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


def suggest(request: HttpRequest) -> HttpResponse:
    """Answer with the options for what was typed so far; every signed-in person may."""
    found = suggest_municipalities(request.GET.get("q", ""))
    # Without the request: the frame of a page, and its queries, are not needed here.
    options = render_to_string("municipalities/_suggestions.html", {"found": found})
    return HttpResponse(options)
