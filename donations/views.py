"""Pages of donations and schools."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.generic import CreateView, DetailView, UpdateView

from core.text import fold
from core.views import ProgramFormMixin, ProgramListView, Total

from .fields import caption
from .filtersets import DonationFilterSet, SchoolFilterSet
from .forms import DonationForm, ReceiveForm, SchoolForm, SendForm, ThankForm
from .models import Campaign, Donation, School
from .tables import DonationTable, SchoolTable

SUGGESTIONS = 20


class DonationListView(ProgramListView):
    """The list of donations."""

    model = Donation
    table_class = DonationTable
    filterset_class = DonationFilterSet
    permission_required = "donations.view_donation"
    title = _("Donations to schools")
    totals = {
        "schools": Total(_("Schools"), Count("school", distinct=True)),
        "wished_pieces": Total(_("Pieces wished for"), Sum("wished")),
        "allocated_pieces": Total(_("Pieces allocated"), Sum("allocated")),
        "quantity": Total(_("Pieces sent"), Sum("sent_quantity")),
    }
    create_url = "donations:donation_create"
    create_label = _("Record a donation")
    create_permission = "donations.add_donation"
    empty_hint = _("Record a campaign, then bring in the schools' wishes.")

    def get_queryset(self) -> QuerySet:
        """Join what every row shows."""
        donations = super().get_queryset()
        return donations.select_related("school__municipality", "item", "campaign")


class DonationDetailView(PermissionRequiredMixin, DetailView):
    """The page of one donation, with the next step to note."""

    permission_required = "donations.view_donation"

    def get_queryset(self) -> QuerySet:
        """Return the donations the person may see."""
        donations = Donation.objects.visible_to(self.request.user)
        return donations.select_related("school__municipality", "item", "campaign")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the form of each step that may come next."""
        donation = self.object
        is_sent = donation.sent_on is not None
        steps = (
            ("send", SendForm, bool(donation.allocated) and not is_sent),
            ("receive", ReceiveForm, is_sent and donation.received_on is None),
            ("thank", ThankForm, is_sent and donation.thanked_on is None),
        )
        forms = {
            f"{name}_form": form(instance=donation, auto_id=f"{name}_%s")
            for name, form, is_next in steps
            if is_next
        }
        return super().get_context_data(**forms, **kwargs)


class DonationCreateView(ProgramFormMixin, CreateView):
    """Record a donation."""

    model = Donation
    form_class = DonationForm
    permission_required = "donations.add_donation"
    title = _("Record a donation")

    def get_initial(self) -> dict[str, Any]:
        """Propose the newest campaign, and the school whose page one comes from."""
        user = self.request.user
        initial: dict[str, Any] = {
            "campaign": Campaign.objects.visible_to(user).first()
        }
        number = self.request.GET.get("school", "")
        if number.isascii() and number.isdecimal():
            schools = School.objects.visible_to(user).select_related("municipality")
            initial["school"] = schools.filter(pk=number[:18]).first()
        return initial


class DonationUpdateView(ProgramFormMixin, UpdateView):
    """Change a donation."""

    model = Donation
    form_class = DonationForm
    permission_required = "donations.change_donation"
    title = _("Change the donation")


class DonationSendView(ProgramFormMixin, UpdateView):
    """Note that a donation was sent."""

    model = Donation
    form_class = SendForm
    permission_required = "donations.change_donation"
    title = _("Note the sending")


class DonationReceiveView(ProgramFormMixin, UpdateView):
    """Note that the school received a donation."""

    model = Donation
    form_class = ReceiveForm
    permission_required = "donations.change_donation"
    title = _("Note the receipt")


class DonationThankView(ProgramFormMixin, UpdateView):
    """Note that the school said thanks."""

    model = Donation
    form_class = ThankForm
    permission_required = "donations.change_donation"
    title = _("Note the thanks")


class SchoolListView(ProgramListView):
    """The list of schools."""

    model = School
    table_class = SchoolTable
    filterset_class = SchoolFilterSet
    permission_required = "donations.view_school"
    title = _("Schools")
    create_url = "donations:school_create"
    create_label = _("Record a school")
    create_permission = "donations.add_school"
    empty_hint = _("Record the first school, or bring in a list of wishes.")

    def get_queryset(self) -> QuerySet:
        """Join the municipality, which every row shows."""
        return super().get_queryset().select_related("municipality")


class SchoolDetailView(PermissionRequiredMixin, DetailView):
    """The page of one school, with all it was ever given."""

    permission_required = "donations.view_school"

    def get_queryset(self) -> QuerySet:
        """Return the schools the person may see."""
        schools = School.objects.visible_to(self.request.user)
        return schools.select_related("municipality")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add its donations, newest campaign first."""
        donations = Donation.objects.visible_to(self.request.user)
        rows = donations.filter(school=self.object).select_related("campaign", "item")
        return super().get_context_data(
            donations=rows.order_by("-campaign__year", "item_id"), **kwargs
        )


class SchoolCreateView(ProgramFormMixin, CreateView):
    """Record a school."""

    model = School
    form_class = SchoolForm
    permission_required = "donations.add_school"
    title = _("Record a school")


class SchoolUpdateView(ProgramFormMixin, UpdateView):
    """Change a school."""

    model = School
    form_class = SchoolForm
    permission_required = "donations.change_school"
    title = _("Change the school")


@permission_required("donations.view_school", raise_exception=True)
def school_suggest(request: HttpRequest) -> HttpResponse:
    """Answer with the options for what was typed so far."""
    schools = School.objects.visible_to(request.user)
    words = request.GET.get("q", "").split()
    for word in words:
        key = fold(word)
        schools = schools.filter(
            Q(search_key__contains=key) | Q(municipality__search_key__contains=key)
        )
    if not words:
        schools = schools.none()
    found = schools.select_related("municipality")[:SUGGESTIONS]
    options = [(caption(school), school.get_kind_display()) for school in found]
    return render(request, "donations/_suggestions.html", {"options": options})
