"""The page on which lists of wishes are brought in: choose, check, take over."""

from io import BytesIO
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.crypto import get_random_string
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django.views.generic import FormView

from core.spreadsheets.reading import SpreadsheetError

from .forms import WishFileForm
from .imports import Plan, import_wishes
from .models import Campaign

# What is checked is kept so long for taking it over.
KEPT_SECONDS = 3600
SHOWN_PROBLEMS = 20
SHOWN_WISHES = 200
PERMISSIONS = (
    "donations.add_donation",
    "donations.change_donation",
    "donations.add_school",
)


class WishImportView(PermissionRequiredMixin, FormView):
    """Choose a list of wishes; a list without errors is shown before it is saved."""

    template_name = "components/form_page.html"
    form_class = WishFileForm
    permission_required = PERMISSIONS

    @cached_property
    def campaign(self) -> Campaign:
        """The campaign of the URL."""
        campaigns = Campaign.objects.visible_to(self.request.user)
        return get_object_or_404(campaigns, year=self.kwargs["year"])

    def form_valid(self, form: WishFileForm) -> HttpResponse:
        """Show what the list would bring, or name what is wrong with it."""
        file = form.cleaned_data["file"]
        kept = {
            "filename": file.name,
            "content": file.read(),
            "add_schools": form.cleaned_data["add_schools"],
        }
        try:
            plan = _import(kept, self.campaign, dry_run=True)
        except SpreadsheetError as error:
            problems = sorted(error.problems, key=lambda p: (p.sheet, p.row))
            for problem in problems[:SHOWN_PROBLEMS]:
                form.add_error("file", str(problem))
            more = len(error.problems) - SHOWN_PROBLEMS
            if more > 0:
                form.add_error("file", _("And %(n)d more.") % {"n": more})
            return self.form_invalid(form)
        token = get_random_string(32)
        cache.set(_cache_key(self.request, self.campaign, token), kept, KEPT_SECONDS)
        context = {
            "campaign": self.campaign,
            "filename": file.name,
            "plan": plan,
            "wishes": plan.wishes[:SHOWN_WISHES],
            "token": token,
        }
        return render(self.request, "donations/wish_preview.html", context)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add title, label of the button and where "cancel" leads."""
        return super().get_context_data(
            title=_("Bring in the wishes of schools"),
            submit_label=_("Check the list"),
            cancel_url=self.campaign.get_absolute_url(),
            **kwargs,
        )


@require_POST
@permission_required(PERMISSIONS, raise_exception=True)
def wish_apply(request: HttpRequest, year: int) -> HttpResponse:
    """Take over the list that was checked; a second time changes nothing."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), year=year)
    token = request.POST.get("token", "")[:32]
    kept = cache.get(_cache_key(request, campaign, token)) if token.isalnum() else None
    if kept is None:
        messages.error(request, _("The list is no longer there. Choose it again."))
        return redirect("donations:wish_import", year)
    try:
        plan = _import(kept, campaign, dry_run=False)
    except SpreadsheetError as error:
        # The records changed since the check.
        messages.error(request, str(error.problems[0]))
        return redirect("donations:wish_import", year)
    text = _("%(created)d wishes are new, %(changed)d changed, %(same)d as before.")
    counts = {"created": plan.created, "changed": plan.changed, "same": plan.unchanged}
    messages.success(request, text % counts)
    return redirect(campaign)


def _import(kept: dict[str, Any], campaign: Campaign, *, dry_run: bool) -> Plan:
    return import_wishes(
        file=BytesIO(kept["content"]),
        filename=kept["filename"],
        campaign=campaign,
        add_schools=kept["add_schools"],
        dry_run=dry_run,
    )


def _cache_key(request: HttpRequest, campaign: Campaign, token: str) -> str:
    """Return the key of a list that only this person can take over."""
    return f"donations.wishes.{request.user.pk}.{campaign.pk}.{token}"
