"""Pages of municipalities, and suggestions for the form field."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from core.views import ProgramListView

from .filtersets import MunicipalityFilterSet
from .models import Municipality
from .services import suggest_municipalities
from .tables import MunicipalityTable


class MunicipalityListView(ProgramListView):
    """The list of municipalities."""

    model = Municipality
    table_class = MunicipalityTable
    filterset_class = MunicipalityFilterSet
    permission_required = "municipalities.view_municipality"
    title = _("Municipalities")


def suggest(request: HttpRequest) -> HttpResponse:
    """Answer with the options for what was typed so far; every signed-in person may."""
    found = suggest_municipalities(request.GET.get("q", ""))
    return render(request, "municipalities/_suggestions.html", {"found": found})
