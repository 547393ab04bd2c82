"""Agreement, Visit and Promise."""

import datetime as dt
from typing import Self

from auditlog.registry import auditlog
from django.core.validators import FileExtensionValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.access import ScopedQuerySet
from core.fields import DateField, SearchKeyField
from core.fiscal import fiscal_year_field
from municipalities.models import Municipality


class AgreementQuerySet(ScopedQuerySet):
    """Agreements: in force on a day, counted for coverage."""

    def in_force(self, on: dt.date) -> Self:
        """Return the agreements in force on the day `on`.

        An agreement ends with its municipality: after a merger the successor needs
        one of its own.
        """
        return self.filter(
            Q(in_force_until__isnull=True) | Q(in_force_until__gte=on),
            Q(municipality__valid_until__isnull=True)
            | Q(municipality__valid_until__gte=on),
            in_force_from__lte=on,
        )

    def in_service_area(self) -> Self:
        """Return those with a municipality of the service area."""
        return self.filter(municipality__is_in_service_area=True)


class Agreement(models.Model):
    """An agreement of the co-op with a municipality to watch over its residents."""

    class Kind(models.TextChoices):
        WATCH = "watch", _("Watch agreement")
        COMPREHENSIVE = "comprehensive", _("Comprehensive agreement")
        NETWORK = "network", _("Participation in a network")

    municipality = models.ForeignKey(
        Municipality,
        verbose_name=_("municipality"),
        on_delete=models.PROTECT,
        related_name="agreements",
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.WATCH)
    signed_on = DateField(_("signed on"))
    in_force_from = DateField(_("in force from"))
    in_force_until = DateField(
        _("in force until"),
        null=True,
        blank=True,
        help_text=_("The last day in force; empty: without end."),
    )
    end_reason = models.CharField(_("why it ended"), max_length=200, blank=True)
    department = models.CharField(_("counterpart department"), max_length=100)
    renewal_on = DateField(
        _("remind of renewal on"),
        null=True,
        blank=True,
        help_text=_("The day on which to begin talking about the renewal."),
    )
    document = models.FileField(
        _("document"),
        upload_to="agreements/%Y/",
        blank=True,
        validators=[FileExtensionValidator(["pdf"])],
        help_text=_("The signed agreement as PDF, at most 10 MB."),
    )
    note = models.TextField(_("note"), blank=True)
    search_key = SearchKeyField("department", "note")

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("watch agreement")
        verbose_name_plural = _("watch agreements")
        ordering = ("-signed_on", "-pk")
        indexes = (
            models.Index(fields=["-signed_on", "-id"], name="agreement_newest"),
            models.Index(
                fields=["municipality", "in_force_from", "in_force_until"],
                name="agreement_in_force",
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(in_force_from__gte=F("signed_on")),
                name="agreement_begins_after_signing",
                violation_error_code="in_force_from",
                violation_error_message=_(
                    "An agreement cannot come into force before it was signed."
                ),
            ),
            models.CheckConstraint(
                condition=Q(in_force_until__isnull=True)
                | Q(in_force_until__gte=F("in_force_from")),
                name="agreement_ends_after_beginning",
                violation_error_code="in_force_until",
                violation_error_message=_("The end lies before the beginning."),
            ),
            models.UniqueConstraint(
                fields=["municipality", "kind", "in_force_from"],
                name="agreement_is_recorded_once",
                violation_error_code="municipality",
                violation_error_message=_(
                    "This agreement of this municipality is already recorded."
                ),
            ),
        )

    def __str__(self) -> str:
        return self.get_kind_display()

    def get_absolute_url(self) -> str:
        """Return the page of this agreement."""
        return reverse("agreements:agreement_detail", args=[self.pk])

    def is_in_force(self, on: dt.date) -> bool:
        """Tell whether it is in force on the day `on`, by the rule of `in_force()`."""
        last_days = (self.in_force_until, self.municipality.valid_until)
        ended = any(day is not None and day < on for day in last_days)
        return self.in_force_from <= on and not ended


class VisitQuerySet(ScopedQuerySet):
    """Visits: held, with open promises."""

    def held(self) -> Self:
        """Return the visits that took place."""
        return self.filter(state=Visit.State.HELD)


class Visit(models.Model):
    """A talk with a municipality, planned or held."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        HELD = "held", _("Held")
        CANCELLED = "cancelled", _("Cancelled")

    municipality = models.ForeignKey(
        Municipality,
        verbose_name=_("municipality"),
        on_delete=models.PROTECT,
        related_name="visits",
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.HELD
    )
    visited_on = DateField(_("date"))
    fiscal_year = fiscal_year_field("visited_on")
    met_head = models.BooleanField(
        _("the head of the municipality was present"), default=False
    )
    their_attendance = models.CharField(
        _("who met us"),
        max_length=200,
        help_text=_("Offices of those present, such as mayor, head of welfare."),
    )
    our_attendance = models.CharField(_("who went"), max_length=200)
    topics = models.TextField(_("topics"), blank=True)
    requests = models.TextField(_("requests"), blank=True)
    search_key = SearchKeyField(
        "their_attendance", "our_attendance", "topics", "requests"
    )

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ("-visited_on", "-pk")
        indexes = (
            models.Index(fields=["-visited_on", "-id"], name="visit_newest"),
            models.Index(
                fields=["fiscal_year", "-visited_on", "-id"], name="visit_by_year"
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["municipality", "visited_on"],
                condition=~Q(state="cancelled"),
                name="visit_is_recorded_once_a_day",
                violation_error_code="visited_on",
                violation_error_message=_(
                    "A visit to this municipality on this day is already recorded."
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.visited_on:%Y/%m/%d}"

    def get_absolute_url(self) -> str:
        """Return the page of this visit."""
        return reverse("agreements:visit_detail", args=[self.pk])


class PromiseQuerySet(ScopedQuerySet):
    """Promises: still open."""

    def open(self) -> Self:
        """Return the promises not yet kept."""
        return self.filter(kept_on__isnull=True)


class Promise(models.Model):
    """Something promised at a visit, with who keeps it and until when."""

    visit = models.ForeignKey(
        Visit,
        verbose_name=_("visit"),
        on_delete=models.CASCADE,
        related_name="promises",
    )
    text = models.CharField(_("promise"), max_length=200)
    owner = models.CharField(_("who keeps it"), max_length=100)
    due_on = DateField(_("until"), null=True, blank=True)
    kept_on = DateField(_("kept on"), null=True, blank=True)

    objects = PromiseQuerySet.as_manager()

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        ordering = ("due_on", "pk")

    def __str__(self) -> str:
        return self.text


auditlog.register(Agreement, exclude_fields=["search_key"])
auditlog.register(Visit, exclude_fields=["search_key"])
auditlog.register(Promise)
