"""Item, Campaign, CampaignItem, School and Donation."""

from typing import Any

from auditlog.registry import auditlog
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import fiscal
from core.access import ScopedQuerySet
from core.fields import CountField, DateField, SearchKeyField
from core.fiscal import fiscal_year_field
from core.forms import no_invisible_characters
from municipalities.models import Municipality

from .querysets import CampaignQuerySet, DonationQuerySet, ItemQuerySet, SchoolQuerySet


class Item(models.Model):
    """Something that schools are given; its code stays the same for good."""

    code = models.SlugField(
        _("code"),
        max_length=40,
        unique=True,
        help_text=_("Latin letters, such as crossing_flag; figures are kept under it."),
    )
    name = models.CharField(_("name"), max_length=50, unique=True)
    unit = models.CharField(
        _("unit"),
        max_length=10,
        help_text=_("What one counts it in, such as 枚 or 本."),
    )
    is_active = models.BooleanField(_("in use"), default=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name


class Campaign(models.Model):
    """The donation of one fiscal year."""

    year = CountField(
        _("fiscal year"),
        unique=True,
        validators=[MinValueValidator(2000), MaxValueValidator(2100)],
        help_text=_("The year in which it begins, such as 2026."),
        error_messages={"unique": _("This year already has a campaign.")},
    )
    title = models.CharField(
        _("title"), max_length=100, validators=[no_invisible_characters]
    )
    begins_on = DateField(_("first day"))
    ends_on = DateField(_("last day"))
    note = models.TextField(_("note"), blank=True)
    search_key = SearchKeyField("title", "note", "year")

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ("-year",)
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("begins_on")),
                name="campaign_ends_after_beginning",
                violation_error_code="ends_on",
                violation_error_message=_("The end lies before the beginning."),
            ),
        )

    def __str__(self) -> str:
        return f"{fiscal.label(self.year)} {self.title}"

    def get_absolute_url(self) -> str:
        """Return the page of this campaign."""
        return reverse("donations:campaign_detail", args=[self.year])


class CampaignItem(models.Model):
    """How many pieces of an item a campaign can give away."""

    campaign = models.ForeignKey(
        Campaign,
        verbose_name=_("campaign"),
        on_delete=models.CASCADE,
        related_name="stock",
    )
    item = models.ForeignKey(
        Item,
        verbose_name=_("item"),
        on_delete=models.PROTECT,
        related_name="campaign_items",
    )
    quantity = CountField(_("in stock"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock of a campaign")
        verbose_name_plural = _("stocks of campaigns")
        ordering = ("item",)
        constraints = (
            models.UniqueConstraint(
                fields=["campaign", "item"],
                name="campaign_item_is_listed_once",
                violation_error_message=_("This item already has a stock."),
            ),
        )

    def __str__(self) -> str:
        return str(self.quantity)


class School(models.Model):
    """A school that may be given something."""

    class Kind(models.TextChoices):
        ELEMENTARY = "elementary", _("Elementary school")
        COMPULSORY = "compulsory", _("Compulsory education school")
        SPECIAL = "special", _("Special needs school")
        OTHER = "other", _("Other")

    municipality = models.ForeignKey(
        Municipality,
        verbose_name=_("municipality"),
        on_delete=models.PROTECT,
        related_name="schools",
    )
    name = models.CharField(
        _("name"),
        max_length=100,
        validators=[no_invisible_characters],
        help_text=_("In full, such as 見本市立見本第一小学校."),
    )
    kind = models.CharField(
        _("kind"), max_length=20, choices=Kind, default=Kind.ELEMENTARY
    )
    postal_code = models.CharField(
        _("postal code"),
        max_length=8,
        blank=True,
        validators=[
            RegexValidator(
                r"^[0-9]{3}-[0-9]{4}\Z", _("Enter a postal code such as 260-0000.")
            )
        ],
    )
    address = models.CharField(
        _("address"),
        max_length=200,
        blank=True,
        validators=[no_invisible_characters],
        help_text=_("With prefecture and municipality, as it stands on the label."),
    )
    valid_from = DateField(
        _("open since"),
        null=True,
        blank=True,
        help_text=_("Empty: since before the records begin."),
    )
    valid_until = DateField(
        _("open until"),
        null=True,
        blank=True,
        help_text=_("The last day before it closed or merged; empty: open today."),
    )
    search_key = SearchKeyField("name", "postal_code", "address")

    objects = SchoolQuerySet.as_manager()

    class Meta:
        verbose_name = _("school")
        verbose_name_plural = _("schools")
        ordering = ("municipality__code", "name")
        indexes = (models.Index(fields=["name"], name="school_by_name"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="school_ends_after_beginning",
                violation_error_code="valid_until",
                violation_error_message=_("The end lies before the beginning."),
            ),
            models.UniqueConstraint(
                fields=["municipality", "name"],
                name="school_is_listed_once",
                violation_error_code="name",
                violation_error_message=_(
                    "This municipality already has a school of this name."
                ),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the page of this school."""
        return reverse("donations:school_detail", args=[self.pk])

    def is_open_during(self, campaign: Campaign) -> bool:
        """Tell whether it exists on some day of the campaign."""
        begins_too_late = self.valid_from and self.valid_from > campaign.ends_on
        ended_before = self.valid_until and self.valid_until < campaign.begins_on
        return not (begins_too_late or ended_before)


class State(models.TextChoices):
    """How far a donation has come; derived, never typed."""

    WISHED = "wished", _("Wish")
    REFUSED = "refused", _("Nothing allocated")
    ALLOCATED = "allocated", _("Allocated")
    SENT = "sent", _("Sent to the school")
    RECEIVED = "received", _("Received by the school")
    THANKED = "thanked", _("Thanked")


def _state_field() -> models.GeneratedField:
    """Return the stored state; the furthest step that is recorded counts."""
    steps: list[tuple[State, dict[str, Any]]] = [
        (State.THANKED, {"thanked_on__isnull": False}),
        (State.RECEIVED, {"received_on__isnull": False}),
        (State.SENT, {"sent_on__isnull": False}),
        (State.ALLOCATED, {"allocated__gt": 0}),
        (State.REFUSED, {"allocated": 0}),
    ]
    return models.GeneratedField(
        expression=Case(
            *(When(**test, then=Value(state.value)) for state, test in steps),
            default=Value(State.WISHED.value),
        ),
        output_field=models.CharField(max_length=10),
        db_persist=True,
        choices=State,
        verbose_name=_("state"),
    )


class Donation(models.Model):
    """What one school wishes for of one item, and what became of it."""

    campaign = models.ForeignKey(
        Campaign,
        verbose_name=_("campaign"),
        on_delete=models.PROTECT,
        related_name="donations",
    )
    school = models.ForeignKey(
        School,
        verbose_name=_("school"),
        on_delete=models.PROTECT,
        related_name="donations",
    )
    item = models.ForeignKey(
        Item,
        verbose_name=_("item"),
        on_delete=models.PROTECT,
        related_name="donations",
    )
    wished = CountField(
        _("pieces wished for"),
        null=True,
        blank=True,
        help_text=_("Empty: the school named no number."),
    )
    allocated = CountField(
        _("pieces allocated"),
        null=True,
        blank=True,
        help_text=_("Empty: not decided; 0: nothing is given."),
    )
    sent_on = DateField(_("sent on"), null=True, blank=True)
    fiscal_year = fiscal_year_field("sent_on")
    sent_quantity = CountField(_("pieces sent"), null=True, blank=True)
    received_on = DateField(_("received on"), null=True, blank=True)
    thanked_on = DateField(_("thanked on"), null=True, blank=True)
    state = _state_field()
    note = models.TextField(_("note"), blank=True)
    search_key = SearchKeyField("note")

    objects = DonationQuerySet.as_manager()

    class Meta:
        verbose_name = _("donation")
        verbose_name_plural = _("donations")
        ordering = ("-pk",)
        indexes = (
            models.Index(fields=["-sent_on", "-id"], name="donation_newest"),
            models.Index(
                fields=["fiscal_year", "-sent_on", "-id"], name="donation_by_year"
            ),
            models.Index(fields=["campaign", "item"], name="donation_by_campaign"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["campaign", "school", "item"],
                name="donation_is_recorded_once",
                violation_error_code="school",
                violation_error_message=_(
                    "This item is already recorded for this school and campaign."
                ),
            ),
            models.CheckConstraint(
                condition=Q(sent_on__isnull=True, sent_quantity__isnull=True)
                | Q(
                    sent_on__isnull=False,
                    sent_quantity__isnull=False,
                    sent_quantity__gte=1,
                ),
                name="donation_sent_with_day_and_quantity",
                violation_error_code="sent_quantity",
                violation_error_message=_(
                    "Enter both the day of sending and the pieces sent, 1 or more."
                ),
            ),
            models.CheckConstraint(
                condition=Q(sent_quantity__isnull=True)
                | Q(allocated__isnull=False, allocated__gte=F("sent_quantity")),
                name="donation_sent_within_allocation",
                violation_error_code="sent_quantity",
                violation_error_message=_(
                    "More is sent than is allocated. Change the allocation first."
                ),
            ),
            models.CheckConstraint(
                condition=Q(received_on__isnull=True)
                | Q(sent_on__isnull=False, received_on__gte=F("sent_on")),
                name="donation_received_after_sending",
                violation_error_code="received_on",
                violation_error_message=_("It cannot be received before it was sent."),
            ),
            models.CheckConstraint(
                condition=Q(thanked_on__isnull=True)
                | Q(sent_on__isnull=False, thanked_on__gte=F("sent_on")),
                name="donation_thanked_after_sending",
                violation_error_code="thanked_on",
                violation_error_message=_("The thanks cannot come before it was sent."),
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)

    def get_absolute_url(self) -> str:
        """Return the page of this donation."""
        return reverse("donations:donation_detail", args=[self.pk])


auditlog.register(Item)
auditlog.register(Campaign, exclude_fields=["search_key"])
auditlog.register(CampaignItem)
auditlog.register(School, exclude_fields=["search_key"])
auditlog.register(Donation, exclude_fields=["search_key", "fiscal_year", "state"])
