"""Context of every page: the programs in the navigation and the running year."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from . import fiscal
from .programs import installed_programs


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """Return `nav_programs` (those the person may open), the year and the languages."""
    user = getattr(request, "user", None)
    visible = []
    if user is not None and user.is_authenticated:
        visible = [p for p in installed_programs() if user.has_perm(p.permission)]
    return {
        "nav_programs": visible,
        "current_app": request.resolver_match.app_name
        if request.resolver_match
        else "",
        "current_fiscal_year": fiscal.label(fiscal.current_year()),
        "languages": settings.LANGUAGES,
    }
