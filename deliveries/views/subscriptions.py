"""Pages of subscriptions: list, page, forms, and what is done with one."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django.views.generic import CreateView, DetailView, FormView, UpdateView

from accounts.models import AccessEntry
from accounts.reads import LoggedReadMixin, record_export
from core import fiscal
from core.views import ProgramFormMixin, ProgramListView
from deliveries import subscribing
from deliveries.filtersets import SubscriptionFilterSet
from deliveries.forms import AddressForm, EndForm, PauseForm, SubscriptionForm
from deliveries.links import Purpose
from deliveries.models import Bounce, Delivery, Notice, Plan, Subscription
from deliveries.progress import progress_of
from deliveries.silence import day_of
from deliveries.tables import SubscriptionTable
from deliveries.weekdays import names_of

# What one page shows of a subscription's history; the lists have all of it.
SHOWN_ROWS = 10
SHOWN_MAILS = 20
ASKED = _("A mail that asks to confirm the address goes out now.")
STILL_HELD = _(
    "The address stays on hold until you release it. Do so once it is right again."
)
GOING_OUT = _("One mail was already on its way; it may still arrive.")


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
        return subscriptions.select_related("municipality", "replaces")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add how it stands, its mails, and what belongs to the member."""
        row, user, today = self.object, self.request.user, fiscal.local_date()
        notices = Notice.objects.visible_to(user).filter(subscription=row)
        bounces = Bounce.objects.visible_to(user).filter(subscription=row)
        links = row.links.filter(purpose=Purpose.CONFIRM)
        of_member = {"member_number": row.member_number}
        families = Subscription.objects.visible_to(user).filter(**of_member)
        deliveries = Delivery.objects.visible_to(user).filter(**of_member)
        plans = Plan.objects.visible_to(user).filter(**of_member)
        return super().get_context_data(
            progress=progress_of(row, today),
            is_paused=row.is_paused(today),
            day=day_of(subscription=row, at=timezone.now()) if row.is_open else None,
            asked=links.order_by("-created_at", "-pk").first(),
            now=timezone.now(),
            successors=row.successors.order_by("pk"),
            families=families.exclude(pk=row.pk)[:SHOWN_ROWS],
            plans=[
                (plan, names_of(plan.weekdays))
                for plan in plans.select_related("workplace")[:SHOWN_ROWS]
            ],
            bounces=bounces[:SHOWN_ROWS],
            notices=notices.select_related("delivery", "subscription")[:SHOWN_MAILS],
            deliveries=deliveries.select_related("workplace")[:SHOWN_ROWS],
            **kwargs,
        )


class SubscriptionCreateView(ProgramFormMixin, CreateView):
    """Record a subscription: the family is asked to confirm its address."""

    model = Subscription
    form_class = SubscriptionForm
    permission_required = "deliveries.add_subscription"
    template_name = "deliveries/subscription_form.html"
    title = _("Record a subscription")

    def form_valid(self, form: SubscriptionForm) -> HttpResponseBase:
        """Save it, and say that a mail goes out."""
        response = super().form_valid(form)
        if form.is_valid():
            messages.info(self.request, ASKED)
        return response


class SubscriptionUpdateView(LoggedReadMixin, ProgramFormMixin, UpdateView):
    """Change a subscription; opening the form is logged."""

    read_action = AccessEntry.Action.EDIT
    model = Subscription
    form_class = SubscriptionForm
    permission_required = "deliveries.change_subscription"
    template_name = "deliveries/subscription_form.html"
    title = _("Change the subscription")

    def form_valid(self, form: SubscriptionForm) -> HttpResponseBase:
        """Save it, and say what a corrected address means."""
        response = super().form_valid(form)
        if form.is_valid() and "email" in form.changed_data:
            messages.info(self.request, ASKED)
            if self.object.is_held:
                messages.warning(self.request, STILL_HELD)
        return response


class SubscriptionActionView(PermissionRequiredMixin, FormView):
    """A page with a form for one thing done with an open subscription.

    Subclasses declare `form_class`, `title` and `submit_label`, and do it in `act()`.
    """

    template_name = "components/form_page.html"
    permission_required = "deliveries.change_subscription"
    title: str = ""
    submit_label: str = ""

    @cached_property
    def subscription(self) -> Subscription:
        """The open subscription of the URL."""
        subscriptions = Subscription.objects.visible_to(self.request.user)
        return get_object_or_404(
            subscriptions, pk=self.kwargs["pk"], ended_on__isnull=True
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form, where there is such a subscription."""
        self.subscription  # noqa: B018 - 404 before anything else
        return super().get(request, *args, **kwargs)

    def act(self, form: Form) -> str:
        """Do it; return what to tell. Raises ValidationError."""
        raise NotImplementedError

    def form_valid(self, form: Form) -> HttpResponse:
        """Do it and go back to the page, or say what is in the way."""
        try:
            told = self.act(form)
        except ValidationError as error:
            [field, *_others] = form.fields
            form.add_error(field, error.messages)
            return self.form_invalid(form)
        messages.success(self.request, told)
        return redirect(self.subscription)

    def tell_going_out(self, is_settled: bool) -> None:
        """Say that a mail was on its way, unless it is known that none is."""
        if not is_settled:
            messages.warning(self.request, GOING_OUT)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add title, label of the button and where "cancel" leads."""
        return super().get_context_data(
            title=self.title,
            submit_label=self.submit_label,
            cancel_url=self.subscription.get_absolute_url(),
            **kwargs,
        )


class SubscriptionPauseView(SubscriptionActionView):
    """Pause a subscription."""

    form_class = PauseForm
    title = _("Pause the notices")
    submit_label = _("Pause")

    def get_initial(self) -> dict[str, Any]:
        """Show until when it is paused already."""
        return {"paused_until": self.subscription.paused_until}

    def act(self, form: PauseForm) -> str:
        """Pause it; no mail goes out any more once this has returned."""
        until = form.cleaned_data["paused_until"]
        self.tell_going_out(
            subscribing.pause(
                subscription=self.subscription, until=until, at=timezone.now()
            )
        )
        return _("Saved.")


class SubscriptionEndView(SubscriptionActionView):
    """End a subscription: from this moment on no notice is sent."""

    form_class = EndForm
    title = _("End the subscription")
    submit_label = _("End it today")

    def act(self, form: EndForm) -> str:
        """End it; no mail goes out any more once this has returned."""
        self.tell_going_out(
            subscribing.stop(
                subscription=self.subscription,
                how=Subscription.EndedHow.COOP,
                reason=form.cleaned_data["end_reason"],
                at=timezone.now(),
            )
        )
        return _("The subscription has ended. No more mails are sent to this family.")


class SubscriptionAddressView(SubscriptionActionView):
    """Change the address of a subscription: the family confirms it anew."""

    form_class = AddressForm
    template_name = "deliveries/subscription_form.html"
    title = _("Change the address")
    submit_label = _("Change")

    def act(self, form: AddressForm) -> str:
        """Ask the new address; the one of before goes on until it answers."""
        subscribing.change_address(
            subscription=self.subscription,
            email=form.cleaned_data["email"],
            at=timezone.now(),
        )
        return ASKED


def _act(
    request: HttpRequest, pk: int, do: Callable[[Subscription], None], told: str
) -> HttpResponse:
    """Do something with a subscription, and say that it is done or what prevents it."""
    subscriptions = Subscription.objects.visible_to(request.user)
    subscription = get_object_or_404(subscriptions, pk=pk)
    try:
        do(subscription)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, told)
    return redirect(subscription)


@require_POST
@permission_required("deliveries.change_subscription", raise_exception=True)
def subscription_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the link by which the family confirms its address once more."""

    def ask(subscription: Subscription) -> None:
        subscribing.ask_to_confirm(subscription=subscription, at=timezone.now())

    return _act(request, pk, ask, ASKED)


@require_POST
@permission_required("deliveries.change_subscription", raise_exception=True)
def subscription_resume(request: HttpRequest, pk: int) -> HttpResponse:
    """End a pause now; without one nothing changes."""

    def resume(subscription: Subscription) -> None:
        subscribing.resume(subscription=subscription)

    return _act(request, pk, resume, _("The pause is over."))


@require_POST
@permission_required("deliveries.change_subscription", raise_exception=True)
def subscription_release(request: HttpRequest, pk: int) -> HttpResponse:
    """Send mails again to an address that was on hold."""

    def release(subscription: Subscription) -> None:
        subscribing.release(subscription=subscription, at=timezone.now())

    return _act(request, pk, release, _("Mails are sent to this address again."))
