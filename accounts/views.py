"""The home page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.programs import installed_programs


def home(request: HttpRequest) -> HttpResponse:
    """Show each person the way into what they may do, the main actions first."""
    user = request.user
    visible = [p for p in installed_programs() if user.has_perm(p.permission)]
    actions = [p for p in installed_programs() if user.has_perm(p.action_permission)]
    return render(
        request, "accounts/home.html", {"programs": visible, "actions": actions}
    )
