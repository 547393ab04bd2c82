"""Pages of campaigns: progress, stock, delivery notes and labels."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django.views.generic import CreateView, DetailView, UpdateView

from core import fiscal
from core.views import ProgramFormMixin, ProgramListView

from .filtersets import CampaignFilterSet, DonationFilterSet
from .forms import CampaignForm, StockForm
from .models import Campaign, CampaignItem, Donation, Item
from .services import allocate_as_wished, parcels, progress_by_item
from .tables import CampaignTable


class CampaignListView(ProgramListView):
    """The list of campaigns."""

    model = Campaign
    table_class = CampaignTable
    filterset_class = CampaignFilterSet
    permission_required = "donations.view_campaign"
    title = _("Campaigns")
    create_url = "donations:campaign_create"
    create_label = _("Record a campaign")
    create_permission = "donations.add_campaign"
    empty_hint = _("Record the campaign of this year.")

    def get_queryset(self) -> QuerySet:
        """Add what every row shows."""
        return super().get_queryset().with_progress()


class CampaignDetailView(PermissionRequiredMixin, DetailView):
    """The page of one campaign: stock, progress, prefectures."""

    permission_required = ("donations.view_campaign", "donations.view_donation")
    slug_field = slug_url_kwarg = "year"

    def get_queryset(self) -> QuerySet:
        """Return the campaigns the person may see."""
        return Campaign.objects.visible_to(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the progress of every item, and those that are short."""
        items = progress_by_item(self.object)
        return super().get_context_data(
            items=items,
            short_items=[item for item in items if item.missing],
            **kwargs,
        )


class CampaignCreateView(ProgramFormMixin, CreateView):
    """Record a campaign."""

    model = Campaign
    form_class = CampaignForm
    permission_required = "donations.add_campaign"
    title = _("Record a campaign")

    def get_initial(self) -> dict[str, Any]:
        """Propose the running year."""
        return {"year": fiscal.current_year()}


class CampaignUpdateView(ProgramFormMixin, UpdateView):
    """Change a campaign."""

    model = Campaign
    form_class = CampaignForm
    permission_required = "donations.change_campaign"
    title = _("Change the campaign")
    slug_field = slug_url_kwarg = "year"


class StockUpdateView(ProgramFormMixin, UpdateView):
    """Set the stock of an item in a campaign; the first time makes the row."""

    model = CampaignItem
    form_class = StockForm
    permission_required = "donations.change_campaignitem"
    title = _("Set the stock")

    def get_object(self, queryset: QuerySet | None = None) -> CampaignItem:
        """Return the stock of campaign and item, a new one where none is set."""
        user = self.request.user
        campaigns = Campaign.objects.visible_to(user)
        campaign = get_object_or_404(campaigns, year=self.kwargs["year"])
        item = get_object_or_404(
            Item.objects.visible_to(user), code=self.kwargs["item"]
        )
        row = self.get_queryset().filter(campaign=campaign, item=item).first()
        return row or CampaignItem(campaign=campaign, item=item)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the item in the title, and go back to the campaign."""
        context = super().get_context_data(**kwargs)
        title = f"{self.title}: {self.object.item}"
        return context | {"title": title, "cancel_url": self.get_success_url()}

    def get_success_url(self) -> str:
        """Return to the campaign."""
        return self.object.campaign.get_absolute_url()


@require_POST
@permission_required("donations.change_donation", raise_exception=True)
def campaign_allocate(request: HttpRequest, year: int, item: str) -> HttpResponse:
    """Allocate what was wished; a second time finds nothing to do."""
    user = request.user
    campaign = get_object_or_404(Campaign.objects.visible_to(user), year=year)
    row = get_object_or_404(Item.objects.visible_to(user), code=item)
    try:
        count = allocate_as_wished(campaign=campaign, item=row)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        text = ngettext("%d wish was allocated.", "%d wishes were allocated.", count)
        messages.success(request, text % count)
    return redirect(campaign)


@permission_required("donations.view_donation", raise_exception=True)
def campaign_notes(request: HttpRequest, year: int) -> HttpResponse:
    """Show the delivery notes to print, one sheet per school."""
    return _print(request, year, "donations/campaign_notes.html")


@permission_required("donations.view_donation", raise_exception=True)
def campaign_labels(request: HttpRequest, year: int) -> HttpResponse:
    """Show the address labels to print, one per school."""
    return _print(request, year, "donations/campaign_labels.html")


def _print(request: HttpRequest, year: int, template: str) -> HttpResponse:
    """Render what is allocated; the filters of the list of donations narrow it."""
    user = request.user
    campaign = get_object_or_404(Campaign.objects.visible_to(user), year=year)
    rows = Donation.objects.visible_to(user).filter(campaign=campaign)
    chosen = parcels(DonationFilterSet(request.GET, queryset=rows).qs)
    context = {
        "campaign": campaign,
        "parcels": chosen,
        "without_address": [p.school for p in chosen if not p.school.address],
        "is_narrowed": bool(request.GET),
        "today": fiscal.local_date(),
    }
    return render(request, template, context)
