"""The home page, signing out, and changing the password."""

from typing import Any

from allauth.account import views as allauth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core.compression import compressed
from core.programs import installed_programs


@compressed()
def home(request: HttpRequest) -> HttpResponse:
    """Show each person the way into what they may do, the main actions first."""
    actions = [
        program
        for program in installed_programs()
        if request.user.has_perm(program.action.permission)
    ]
    return render(request, "accounts/home.html", {"actions": actions})


class LogoutView(allauth.LogoutView):
    """Sign out, and have the browser forget what it kept for this person.

    The pages' own script deletes what it kept of the person and then says so: where it
    says that something of another person must stay, only the cache is emptied. Without
    the script everything goes.
    """

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Sign out and answer with `Clear-Site-Data`."""
        stays = self.request.POST.get("stays") == "others"
        response = super().post(*args, **kwargs)
        forgotten = '"cache"' if stays else '"cache", "storage"'
        response.headers["Clear-Site-Data"] = forgotten
        return response


class PasswordChangeView(allauth.PasswordChangeView):
    """Change one's own password and go home, where a message tells of it."""

    def get_default_success_url(self) -> str:
        """Return the home page."""
        return reverse("home")
