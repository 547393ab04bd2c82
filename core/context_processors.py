"""Context of every page: the programs in the navigation and the running year."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from . import fiscal
from .programs import installed_programs


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """Return the navigation of the person, the running year and the languages.

    `nav_programs` are (program, pages the person may open); `nav_pages` are those of
    the program that the current page belongs to; `frame_templates` are what programs
    add to the header.
    """
    user = getattr(request, "user", None)
    match = request.resolver_match
    current_app = match.app_name if match else ""
    programs = list(installed_programs())
    nav = []
    if user is not None and user.is_authenticated:
        nav = [(program, program.pages_for(user)) for program in programs]
    return {
        "nav_programs": [(program, pages) for program, pages in nav if pages],
        "nav_pages": next((p for c, p in nav if c.label == current_app), []),
        "current_app": current_app,
        "current_view": match.view_name if match else "",
        "current_fiscal_year": fiscal.label(fiscal.current_year()),
        "frame_templates": [p.frame_template for p in programs if p.frame_template],
        "languages": settings.LANGUAGES,
    }
