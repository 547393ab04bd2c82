"""What people are told where there is nothing at an address."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render


class NotFound(Http404):
    """Raised with a message for people: what there is instead."""


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show the page of 404, with the reason where one was given for people."""
    reason = str(exception) if isinstance(exception, NotFound) else ""
    return render(request, "404.html", {"reason": reason}, status=404)
