"""Pages of deliveries: list, page, recording, bringing in, taking back, incidents."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.generic import DetailView, FormView

from core import handover
from core.spreadsheets.reading import SpreadsheetError
from core.views import ProgramListView
from deliveries.filtersets import DeliveryFilterSet
from deliveries.forms import DeliveryForm, DeliveryImportForm
from deliveries.imports import import_deliveries
from deliveries.models import Delivery, Notice, Subscription
from deliveries.services import count_corrections, record_delivery, take_back
from deliveries.tables import DeliveryTable
from deliveries.wording import first_problems, told_at_night, told_of_a_list

REPORT = "alerts.add_incidentreport"


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
        return deliveries.select_related("workplace", "recorded_by", "undone_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add its notices, and whether an incident should be offered."""
        notices = Notice.objects.visible_to(self.request.user)
        notices = notices.filter(delivery=self.object).order_by("pk")
        return super().get_context_data(
            notices=notices.select_related("delivery", "subscription"),
            shows_subscription=True,
            is_worrying=self.object.status == Delivery.Status.PREVIOUS_UNTOUCHED
            and not self.object.is_undone,
            **kwargs,
        )


class DeliveryFormView(PermissionRequiredMixin, FormView):
    """A page with a form by which deliveries are recorded."""

    template_name = "components/form_page.html"
    permission_required = "deliveries.add_delivery"
    title: str = ""
    submit_label: str = ""

    def get_initial(self) -> dict[str, Any]:
        """Propose the person's own workplace."""
        return {"workplace": self.request.user.workplace_id}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add title, label of the button and where "cancel" leads."""
        return super().get_context_data(
            title=self.title,
            submit_label=self.submit_label,
            cancel_url=reverse("deliveries:delivery_list"),
            **kwargs,
        )


class DeliveryCreateView(DeliveryFormView):
    """Record a delivery by hand."""

    form_class = DeliveryForm
    title = _("Record a delivery")
    submit_label = _("Save")

    def form_valid(self, form: DeliveryForm) -> HttpResponse:
        """Record it with its notices; the same form twice is one delivery."""
        at = timezone.now()
        try:
            delivery = record_delivery(
                entry=form.entry(),
                workplace=form.cleaned_data["workplace"],
                recorded_by=self.request.user,
                at=at,
            )
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        messages.success(self.request, _("Saved."))
        _tell_of_the_night(self.request, delivery, at)
        return redirect(delivery)


class DeliveryImportView(DeliveryFormView):
    """Bring in a list of deliveries: all of it or nothing."""

    form_class = DeliveryImportForm
    title = _("Bring in deliveries")
    submit_label = _("Bring in")

    def form_valid(self, form: DeliveryImportForm) -> HttpResponse:
        """Take the list over, or name what is wrong with it."""
        file, at = form.cleaned_data["file"], timezone.now()
        try:
            outcome = import_deliveries(
                file=file.file,
                filename=file.name,
                workplace=form.cleaned_data["workplace"],
                recorded_by=self.request.user,
                at=at,
            )
        except SpreadsheetError as error:
            for text in first_problems(error):
                form.add_error("file", text)
            return self.form_invalid(form)
        text = _(
            "%(read)d rows read, %(created)d deliveries new. Mails to families: "
            "%(notices)d."
        )
        messages.success(self.request, text % outcome._asdict())
        if outcome.notices and (night := told_of_a_list(at)):
            messages.info(self.request, night)
        return redirect("deliveries:delivery_list")


class DeliveryUndoView(PermissionRequiredMixin, FormView):
    """Take a delivery back: first what it means for the mails, then the button."""

    form_class = Form
    template_name = "deliveries/delivery_undo.html"
    permission_required = "deliveries.change_delivery"

    @cached_property
    def delivery(self) -> Delivery:
        """The delivery of the URL."""
        deliveries = Delivery.objects.visible_to(self.request.user)
        return get_object_or_404(deliveries, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the delivery and what would become of its mails."""
        notices = self.delivery.notices.filter(kind=Notice.Kind.DELIVERY)
        return super().get_context_data(
            delivery=self.delivery,
            unsent=notices.filter(state__in=Notice.UNSENT).count(),
            sent=notices.filter(state=Notice.State.SENT).count(),
            corrections=count_corrections(delivery=self.delivery),
            **kwargs,
        )

    def form_valid(self, form: Form) -> HttpResponse:
        """Take it back and say what was done; a second time changes nothing."""
        at = timezone.now()
        try:
            done = take_back(delivery=self.delivery, by=self.request.user, at=at)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        text = _(
            "The delivery is taken back. Mails withdrawn: %(withdrawn)d, corrections: "
            "%(corrections)d."
        )
        messages.success(self.request, text % done._asdict())
        _tell_of_the_night(self.request, done.delivery, at)
        return redirect(self.delivery)


def _tell_of_the_night(
    request: HttpRequest, delivery: Delivery, at: dt.datetime
) -> None:
    """Say when the mails about a delivery go out, where they wait for the morning."""
    notices = delivery.notices.filter(state=Notice.State.WAITING)
    if text := told_at_night(notices.select_related("subscription", "delivery"), at):
        messages.info(request, text)


@require_POST
@permission_required(["deliveries.view_delivery", REPORT], raise_exception=True)
def delivery_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the form for an incident with what is known about a delivery."""
    deliveries = Delivery.objects.visible_to(request.user)
    return _hand_over(request, get_object_or_404(deliveries, pk=pk))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(REPORT, raise_exception=True)
def delivery_incident(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer a driver the form for an incident at a delivery of the own workplace."""
    offered = Delivery.objects.offered_to(request.user).worrying()
    delivery = get_object_or_404(offered, pk=pk)
    if request.method == "POST":
        return _hand_over(request, delivery)
    return render(request, "deliveries/delivery_incident.html", {"delivery": delivery})


def _hand_over(request: HttpRequest, delivery: Delivery) -> HttpResponse:
    """Go to the form for an incident; what is known is in the session, not in the URL.

    Names of members are known from subscriptions only, whose consent is for notices.
    """
    subscriptions = Subscription.objects.filter(member_number=delivery.member_number)
    subscription = subscriptions.select_related("municipality").first()
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
