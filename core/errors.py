"""What people are told where there is nothing at an address, or a form is refused."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render


class NotFound(Http404):
    """Raised with a message for people: what there is instead."""


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show the page of 404, with the reason where one was given for people."""
    reason = str(exception) if isinstance(exception, NotFound) else ""
    return render(request, "404.html", {"reason": reason}, status=404)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show why a form was refused: the sign-in changed since it was opened.

    A view that can do better without trusting what was sent, such as showing it again,
    has a class method `csrf_failed(request)`, which returns None when it cannot.
    """
    match = request.resolver_match
    view = getattr(match.func, "view_class", None) if match else None
    better = getattr(view, "csrf_failed", None)
    response = better(request) if better else None
    return response or render(request, "403_csrf.html", status=403)
