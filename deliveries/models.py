"""Subscription, Delivery and Notice."""

import datetime as dt
import uuid

from auditlog.registry import auditlog
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Workplace
from core.access import ScopedQuerySet
from core.fields import DateField, DateTimeField, SearchKeyField, TimeField
from core.fiscal import fiscal_year_field
from core.forms import no_invisible_characters
from municipalities.models import Municipality

from .querysets import NoticeQuerySet, SubscriptionQuerySet
from .validators import validate_address, validate_member_number

MASK = "***"


class Subscription(models.Model):
    """A family member who wants to know when a member's groceries were delivered.

    Several family members of one member have one subscription each. The consent of
    the member delivered to is part of every subscription.
    """

    class ConsentForm(models.TextChoices):
        PAPER = "paper", _("In writing")
        PHONE = "phone", _("By telephone")
        WEB = "web", _("On the web")

    member_number = models.CharField(
        _("co-op member number"), max_length=20, validators=[validate_member_number]
    )
    member_name = models.CharField(
        _("member delivered to"), max_length=100, validators=[no_invisible_characters]
    )
    municipality = models.ForeignKey(
        Municipality,
        verbose_name=_("municipality"),
        on_delete=models.PROTECT,
        related_name="subscriptions",
        help_text=_("Where the member delivered to lives."),
    )
    family_name = models.CharField(
        _("family member who gets the mails"),
        max_length=100,
        validators=[no_invisible_characters],
    )
    email = models.CharField(
        _("mail address"),
        max_length=254,
        validators=[validate_address],
        help_text=_(
            "One address. Those of mobile carriers must let mails from our domain in."
        ),
    )
    consent_on = DateField(
        _("consent given on"),
        help_text=_("The day on which the member delivered to agreed to the notices."),
    )
    consent_form = models.CharField(
        _("form of the consent"), max_length=10, choices=ConsentForm
    )
    consent_by = models.CharField(
        _("consent received by"),
        max_length=100,
        help_text=_("The person at the co-op who received it."),
    )
    started_on = DateField(
        _("notices from"), help_text=_("The first day of delivery to be told about.")
    )
    confirmed_on = DateField(_("address confirmed on"), null=True, blank=True)
    paused_until = DateField(_("paused until"), null=True, blank=True)
    ended_on = DateField(_("ended on"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=200, blank=True)
    search_key = SearchKeyField("member_number", "member_name", "family_name")

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ("-started_on", "-pk")
        indexes = (
            models.Index(fields=["-started_on", "-id"], name="subscription_newest"),
            models.Index(fields=["member_number"], name="subscription_by_member"),
        )
        constraints = (
            models.UniqueConstraint(
                "member_number",
                Lower("email"),
                condition=Q(ended_on__isnull=True),
                name="subscription_is_open_once",
                violation_error_code="email",
                violation_error_message=_(
                    "This address already gets the notices of this member."
                ),
            ),
            models.CheckConstraint(
                condition=Q(started_on__gte=F("consent_on")),
                name="subscription_begins_after_consent",
                violation_error_code="started_on",
                violation_error_message=_(
                    "Notices cannot begin before the member's consent."
                ),
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("consent_on")),
                name="subscription_ends_after_consent",
                violation_error_code="ended_on",
                violation_error_message=_("The end lies before the consent."),
            ),
        )

    def __str__(self) -> str:
        return self.member_number

    def get_absolute_url(self) -> str:
        """Return the page of this subscription."""
        return reverse("deliveries:subscription_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.ended_on is None

    @property
    def masked_member_name(self) -> str:
        """The first character of the member's name."""
        return self.member_name[:1] + MASK

    @property
    def masked_family_name(self) -> str:
        """The first character of the family member's name."""
        return self.family_name[:1] + MASK

    @property
    def masked_email(self) -> str:
        """The first character and the domain of the address."""
        local, at, domain = self.email.rpartition("@")
        return f"{local[:1]}{MASK}{at}{domain}"

    def is_paused(self, on: dt.date) -> bool:
        """Tell whether the family asked for no notices on the day `on`."""
        return (
            self.is_open and self.paused_until is not None and self.paused_until >= on
        )


class Delivery(models.Model):
    """A delivery to a member, as the delivery system or a list reports it."""

    class Status(models.TextChoices):
        HANDED_OVER = "handed_over", _("Handed over")
        LEFT = "left", _("Left at the door")
        PREVIOUS_UNTOUCHED = "previous_untouched", _("Previous delivery still there")

    external_id = models.CharField(
        _("delivery ID"),
        max_length=64,
        unique=True,
        validators=[no_invisible_characters],
        help_text=_("The identifier in the delivery system; it prevents doubles."),
    )
    member_number = models.CharField(
        _("co-op member number"), max_length=20, validators=[validate_member_number]
    )
    delivered_on = DateField(_("day of delivery"))
    delivered_at = TimeField(_("time of delivery"))
    status = models.CharField(_("delivery status"), max_length=20, choices=Status)
    workplace = models.ForeignKey(
        Workplace,
        verbose_name=_("workplace"),
        on_delete=models.PROTECT,
        related_name="deliveries",
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    fiscal_year = fiscal_year_field("delivered_on")
    search_key = SearchKeyField("member_number", "external_id")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ("-delivered_on", "-pk")
        indexes = (
            models.Index(fields=["-delivered_on", "-id"], name="delivery_newest"),
            models.Index(
                fields=["fiscal_year", "-delivered_on", "-id"], name="delivery_by_year"
            ),
            models.Index(
                fields=["member_number", "-delivered_on"], name="delivery_by_member"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=["handed_over", "left", "previous_untouched"]),
                name="delivery_status_is_known",
            ),
        )

    def __str__(self) -> str:
        return self.external_id

    def get_absolute_url(self) -> str:
        """Return the page of this delivery."""
        return reverse("deliveries:delivery_detail", args=[self.pk])


def new_message_id() -> str:
    """Return a Message-ID: kept with the notice, so that a second try bears it too."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    return f"<{uuid.uuid4().hex}@{domain}>"


class Notice(models.Model):
    """One mail about one delivery to one subscription, written with the delivery.

    It belongs to the year of the delivery's day, whenever the mail goes out.
    """

    class Kind(models.TextChoices):
        DELIVERY = "delivery", _("Delivery notice")

    class State(models.TextChoices):
        DUE = "due", _("Waiting to be sent")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Mail sent")
        FAILED = "failed", _("Could not be sent")
        CANCELLED = "cancelled", _("Not sent on purpose")

    class Cancelled(models.TextChoices):
        ENDED = "ended", _("The subscription had ended.")
        PAUSED = "paused", _("The subscription was paused.")
        UNCONFIRMED = "unconfirmed", _("The address was not confirmed.")
        STALE = "stale", _("The news was too old to be sent.")

    subscription = models.ForeignKey(
        Subscription,
        verbose_name=_("subscription"),
        on_delete=models.PROTECT,
        related_name="notices",
    )
    delivery = models.ForeignKey(
        Delivery,
        verbose_name=_("delivery"),
        on_delete=models.PROTECT,
        related_name="notices",
    )
    kind = models.CharField(
        _("kind"), max_length=20, choices=Kind, default=Kind.DELIVERY
    )
    noticed_for = DateField(_("day of delivery"))
    fiscal_year = fiscal_year_field("noticed_for")
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.DUE
    )
    due_at = DateTimeField(_("next attempt"))
    claimed_at = DateTimeField(_("claimed at"), null=True, blank=True)
    sent_at = DateTimeField(_("sent at"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.CharField(_("last error"), max_length=100, blank=True)
    cancelled_for = models.CharField(
        _("why not sent"), max_length=20, choices=Cancelled, blank=True
    )
    message_id = models.CharField(
        _("Message-ID"), max_length=320, unique=True, default=new_message_id
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ("-noticed_for", "-pk")
        indexes = (
            models.Index(fields=["-noticed_for", "-id"], name="notice_newest"),
            models.Index(
                fields=["fiscal_year", "-noticed_for", "-id"], name="notice_by_year"
            ),
            models.Index(
                fields=["due_at", "id"],
                name="notice_to_send",
                condition=Q(state__in=["due", "sending"]),
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["subscription", "delivery", "kind"],
                name="notice_is_written_once",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="notice_has_an_instant_when_sent",
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled") ^ Q(cancelled_for=""),
                name="notice_has_a_reason_when_cancelled",
            ),
        )

    def __str__(self) -> str:
        return f"{self.noticed_for:%Y/%m/%d}"


auditlog.register(
    Subscription,
    exclude_fields=[
        "member_name",
        "family_name",
        "email",
        "consent_by",
        "search_key",
    ],
)
auditlog.register(Delivery, exclude_fields=["search_key"])
auditlog.register(Notice)
