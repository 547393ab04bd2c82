"""Subscription: a family member who is told of the deliveries to a member."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.fields import DateField, DateTimeField, SearchKeyField
from core.fiscal import fiscal_year_field
from core.forms import no_invisible_characters
from deliveries.querysets import SubscriptionQuerySet
from deliveries.validators import validate_address, validate_member_number
from municipalities.models import Municipality

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

    class EndedHow(models.TextChoices):
        """Who ended it: `LINK` and `ONE_CLICK` are stops by the family itself."""

        LINK = "link", _("By the link in a mail")
        ONE_CLICK = "one_click", _("By the mail program's own button")
        COOP = "coop", _("By the co-op")
        ADDRESS = "address", _("Another address took its place")

    class HeldFor(models.TextChoices):
        BOUNCED = "bounced", _("Mails come back")
        COMPLAINT = "complaint", _("Marked as unwanted mail")

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
    ended_how = models.CharField(
        _("how it ended"), max_length=10, choices=EndedHow, blank=True
    )
    ended_year = fiscal_year_field("ended_on")
    end_reason = models.CharField(_("why it ended"), max_length=200, blank=True)
    held_since = DateTimeField(_("on hold since"), null=True, blank=True)
    held_for = models.CharField(
        _("why on hold"), max_length=10, choices=HeldFor, blank=True
    )
    released_at = DateTimeField(
        _("last released at"), null=True, blank=True, editable=False
    )
    replaces = models.ForeignKey(
        "self",
        verbose_name=_("subscription with the address of before"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="successors",
        help_text=_("It ends once the new address is confirmed."),
    )
    search_key = SearchKeyField("member_number", "member_name", "family_name")

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ("-started_on", "-pk")
        indexes = (
            models.Index(fields=["-started_on", "-id"], name="subscription_newest"),
            models.Index(fields=["member_number"], name="subscription_by_member"),
            models.Index(
                fields=["ended_year", "-ended_on", "-id"], name="subscription_by_end"
            ),
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
            models.CheckConstraint(
                condition=Q(held_since__isnull=True, held_for="")
                | (Q(held_since__isnull=False) & ~Q(held_for="")),
                name="subscription_is_held_for_a_reason",
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

    @property
    def is_held(self) -> bool:
        """Whether nothing is sent because mails came back."""
        return self.held_since is not None

    def is_paused(self, on: dt.date) -> bool:
        """Tell whether the family asked for no notices on the day `on`."""
        return (
            self.is_open and self.paused_until is not None and self.paused_until >= on
        )
