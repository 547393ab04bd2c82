"""Page or fragment: the one decision every view with htmx asks for."""

from django.http import HttpRequest


def wants_fragment(request: HttpRequest) -> bool:
    """Tell whether htmx asks for a part of the page rather than for the page."""
    htmx = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request
