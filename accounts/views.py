"""The home page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.programs import installed_programs


def home(request: HttpRequest) -> HttpResponse:
    """Show each person the way into what they may do, the main actions first."""
    actions = [
        program
        for program in installed_programs()
        if request.user.has_perm(program.action.permission)
    ]
    return render(request, "accounts/home.html", {"actions": actions})
