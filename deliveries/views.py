"""Pages of subscriptions, deliveries and notices."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django.views.generic import CreateView, DetailView, FormView, UpdateView

from accounts.models import AccessEntry
from accounts.reads import LoggedReadMixin, record_export
from core import fiscal, handover
from core.spreadsheets.reading import SpreadsheetError
from core.views import ProgramFormMixin, ProgramListView

from .filtersets import DeliveryFilterSet, NoticeFilterSet, SubscriptionFilterSet
from .forms import (
    AddressForm,
    DeliveryForm,
    DeliveryImportForm,
    EndForm,
    PauseForm,
    SubscriptionForm,
)
from .imports import import_deliveries
from .models import Delivery, Notice, Subscription
from .services import change_address, record_delivery
from .tables import DeliveryTable, NoticeTable, SubscriptionTable

# What one page shows of a subscription's history; the lists have all of it.
SHOWN_ROWS = 30
SHOWN_PROBLEMS = 20


class SubscriptionListView(ProgramListView):
    """The list of subscriptions."""

    model = Subscription
    table_class = SubscriptionTable
    filterset_class = SubscriptionFilterSet
    permission_required = "deliveries.view_subscription"
    title = _("Subscriptions to delivery notices")
    intro = _("Names and addresses are shown in full on the page of a subscription.")
    create_url = "deliveries:subscription_create"
    create_label = _("Record a subscription")
    create_permission = "deliveries.add_subscription"
    empty_hint = _("Record the first family that wants to be told about deliveries.")

    def get_queryset(self) -> QuerySet:
        """Join the municipality, which every row shows."""
        return super().get_queryset().select_related("municipality")

    def render_to_response(
        self, context: dict[str, Any], **kwargs: Any
    ) -> HttpResponseBase:
        """Log an export before the first row goes out."""
        record_export(self.request, context["table"])
        return super().render_to_response(context, **kwargs)


class SubscriptionDetailView(LoggedReadMixin, PermissionRequiredMixin, DetailView):
    """The page of one subscription and its history; opening it is logged."""

    permission_required = "deliveries.view_subscription"

    def get_queryset(self) -> QuerySet:
        """Return the subscriptions the person may see."""
        subscriptions = Subscription.objects.visible_to(self.request.user)
        return subscriptions.select_related("municipality")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add its state today, its notices and the member's deliveries."""
        user = self.request.user
        notices = Notice.objects.visible_to(user).filter(subscription=self.object)
        deliveries = Delivery.objects.visible_to(user).filter(
            member_number=self.object.member_number
        )
        return super().get_context_data(
            is_paused=self.object.is_paused(fiscal.local_date()),
            notices=notices.select_related("delivery")[:SHOWN_ROWS],
            deliveries=deliveries.select_related("workplace")[:SHOWN_ROWS],
            **kwargs,
        )


class SubscriptionCreateView(ProgramFormMixin, CreateView):
    """Record a subscription."""

    model = Subscription
    form_class = SubscriptionForm
    permission_required = "deliveries.add_subscription"
    title = _("Record a subscription")


class SubscriptionUpdateView(LoggedReadMixin, ProgramFormMixin, UpdateView):
    """Change a subscription; opening the form is logged."""

    read_action = AccessEntry.Action.EDIT
    model = Subscription
    form_class = SubscriptionForm
    permission_required = "deliveries.change_subscription"
    title = _("Change the subscription")


class SubscriptionPauseView(ProgramFormMixin, UpdateView):
    """Pause a subscription."""

    model = Subscription
    form_class = PauseForm
    permission_required = "deliveries.change_subscription"
    title = _("Pause the notices")
    submit_label = _("Pause")

    def get_queryset(self) -> QuerySet:
        """Return the open subscriptions only."""
        return super().get_queryset().filter(ended_on__isnull=True)


class SubscriptionEndView(ProgramFormMixin, UpdateView):
    """End a subscription: from this moment on no notice is sent."""

    model = Subscription
    form_class = EndForm
    permission_required = "deliveries.change_subscription"
    title = _("End the subscription")
    submit_label = _("End it today")


class SubscriptionAddressView(PermissionRequiredMixin, FormView):
    """Change the address of a subscription: the family confirms it anew."""

    template_name = "components/form_page.html"
    form_class = AddressForm
    permission_required = "deliveries.change_subscription"

    @cached_property
    def subscription(self) -> Subscription:
        """The open subscription of the URL."""
        subscriptions = Subscription.objects.visible_to(self.request.user)
        return get_object_or_404(
            subscriptions, pk=self.kwargs["pk"], ended_on__isnull=True
        )

    def form_valid(self, form: AddressForm) -> HttpResponse:
        """Begin anew with the address."""
        try:
            successor = change_address(
                subscription=self.subscription,
                email=form.cleaned_data["email"],
                on=fiscal.local_date(),
            )
        except ValidationError as error:
            form.add_error("email", error.messages)
            return self.form_invalid(form)
        messages.success(self.request, _("Saved."))
        return redirect(successor)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add title, label of the button and where "cancel" leads."""
        return super().get_context_data(
            title=_("Change the address"),
            submit_label=_("Change"),
            cancel_url=self.subscription.get_absolute_url(),
            **kwargs,
        )


@require_POST
@permission_required("deliveries.change_subscription", raise_exception=True)
def subscription_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the family confirmed its address; a second time changes nothing."""
    subscription = get_object_or_404(
        Subscription.objects.visible_to(request.user), pk=pk
    )
    if subscription.is_open and subscription.confirmed_on is None:
        subscription.confirmed_on = fiscal.local_date()
        subscription.save(update_fields=["confirmed_on"])
    return redirect(subscription)


@require_POST
@permission_required("deliveries.change_subscription", raise_exception=True)
def subscription_resume(request: HttpRequest, pk: int) -> HttpResponse:
    """End a pause now; without one nothing changes."""
    subscription = get_object_or_404(
        Subscription.objects.visible_to(request.user), pk=pk
    )
    if subscription.is_open:
        subscription.paused_until = None
        subscription.save(update_fields=["paused_until"])
    return redirect(subscription)


class DeliveryListView(ProgramListView):
    """The list of deliveries."""

    model = Delivery
    table_class = DeliveryTable
    filterset_class = DeliveryFilterSet
    permission_required = "deliveries.view_delivery"
    template_name = "deliveries/delivery_list.html"
    title = _("Deliveries")
    create_url = "deliveries:delivery_create"
    create_label = _("Record a delivery")
    create_permission = "deliveries.add_delivery"
    empty_hint = _("Record a delivery, or bring in a list of the delivery system.")

    def get_queryset(self) -> QuerySet:
        """Join the workplace, which every row shows."""
        return super().get_queryset().select_related("workplace")


class DeliveryDetailView(PermissionRequiredMixin, DetailView):
    """The page of one delivery, with the notices about it."""

    permission_required = "deliveries.view_delivery"

    def get_queryset(self) -> QuerySet:
        """Return the deliveries the person may see."""
        deliveries = Delivery.objects.visible_to(self.request.user)
        return deliveries.select_related("workplace", "recorded_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add its notices, and whether an incident should be offered."""
        notices = Notice.objects.visible_to(self.request.user)
        return super().get_context_data(
            notices=notices.filter(delivery=self.object).select_related("delivery"),
            is_worrying=self.object.status == Delivery.Status.PREVIOUS_UNTOUCHED,
            **kwargs,
        )


class DeliveryCreateView(PermissionRequiredMixin, FormView):
    """Record a delivery by hand."""

    template_name = "components/form_page.html"
    form_class = DeliveryForm
    permission_required = "deliveries.add_delivery"

    def get_initial(self) -> dict[str, Any]:
        """Propose the person's own workplace."""
        return {"workplace": self.request.user.workplace_id}

    def form_valid(self, form: DeliveryForm) -> HttpResponse:
        """Record it with its notices; the same form twice is one delivery."""
        try:
            delivery = record_delivery(
                entry=form.entry(),
                workplace=form.cleaned_data["workplace"],
                recorded_by=self.request.user,
                at=timezone.now(),
            )
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        messages.success(self.request, _("Saved."))
        return redirect(delivery)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add title, label of the button and where "cancel" leads."""
        return super().get_context_data(
            title=_("Record a delivery"),
            submit_label=_("Save"),
            cancel_url=reverse("deliveries:delivery_list"),
            **kwargs,
        )


class DeliveryImportView(PermissionRequiredMixin, FormView):
    """Bring in a list of deliveries: all of it or nothing."""

    template_name = "components/form_page.html"
    form_class = DeliveryImportForm
    permission_required = "deliveries.add_delivery"

    def get_initial(self) -> dict[str, Any]:
        """Propose the person's own workplace."""
        return {"workplace": self.request.user.workplace_id}

    def form_valid(self, form: DeliveryImportForm) -> HttpResponse:
        """Take the list over, or name what is wrong with it."""
        file = form.cleaned_data["file"]
        try:
            outcome = import_deliveries(
                file=file.file,
                filename=file.name,
                workplace=form.cleaned_data["workplace"],
                recorded_by=self.request.user,
                at=timezone.now(),
            )
        except SpreadsheetError as error:
            for problem in error.problems[:SHOWN_PROBLEMS]:
                form.add_error("file", str(problem))
            return self.form_invalid(form)
        text = _("%(read)d rows read, %(created)d deliveries new.")
        messages.success(self.request, text % outcome._asdict())
        return redirect("deliveries:delivery_list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add title, label of the button and where "cancel" leads."""
        return super().get_context_data(
            title=_("Bring in deliveries"),
            submit_label=_("Bring in"),
            cancel_url=reverse("deliveries:delivery_list"),
            **kwargs,
        )


@require_POST
@permission_required(
    ["deliveries.view_delivery", "alerts.add_incidentreport"], raise_exception=True
)
def delivery_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the form for an incident with what is known about a delivery."""
    delivery = get_object_or_404(Delivery.objects.visible_to(request.user), pk=pk)
    subscriptions = Subscription.objects.visible_to(request.user)
    of_member = subscriptions.filter(member_number=delivery.member_number)
    subscription = of_member.select_related("municipality").first()
    narrative = _(
        "At the delivery on %(day)s at %(time)s to member %(number)s the previous "
        "delivery was still there."
    ) % {
        "day": f"{delivery.delivered_on:%Y/%m/%d}",
        "time": f"{delivery.delivered_at:%H:%M}",
        "number": delivery.member_number,
    }
    known = {"channel": "home_delivery", "place": "", "narrative": str(narrative)}
    if subscription:
        known["municipality"] = subscription.municipality.code
    key = handover.offer(request, known)
    return redirect(f"{reverse('alerts:report_create')}?handover={key}")


class NoticeListView(ProgramListView):
    """The list of notices."""

    model = Notice
    table_class = NoticeTable
    filterset_class = NoticeFilterSet
    permission_required = "deliveries.view_notice"
    title = _("Notices")
    intro = _("One row per mail: what was sent when, what waits, what failed.")
    empty_hint = _("A notice appears here as soon as a delivery is recorded.")

    def get_queryset(self) -> QuerySet:
        """Join what every row shows."""
        notices = super().get_queryset()
        return notices.select_related("delivery", "subscription__municipality")


@require_POST
@permission_required("deliveries.change_notice", raise_exception=True)
def notice_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue a failed notice once more; in any other state nothing changes."""
    notices = Notice.objects.visible_to(request.user).select_related("subscription")
    notice = get_object_or_404(notices, pk=pk)
    if notice.state == Notice.State.FAILED:
        notice.state = Notice.State.DUE
        notice.attempts = 0
        notice.due_at = timezone.now()
        notice.save(update_fields=["state", "attempts", "due_at"])
    return redirect(notice.subscription)
