"""The home page, and changing the password."""

from allauth.account import views as allauth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core.programs import installed_programs


def home(request: HttpRequest) -> HttpResponse:
    """Show each person the way into what they may do, the main actions first."""
    actions = [
        program
        for program in installed_programs()
        if request.user.has_perm(program.action.permission)
    ]
    return render(request, "accounts/home.html", {"actions": actions})


class PasswordChangeView(allauth.PasswordChangeView):
    """Change one's own password and go home, where a message tells of it."""

    def get_default_success_url(self) -> str:
        """Return the home page."""
        return reverse("home")
