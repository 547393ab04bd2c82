"""Hub and Session."""

import datetime as dt
from typing import Any

from auditlog.registry import auditlog
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.fields import CountField, DateField, SearchKeyField
from core.fiscal import fiscal_year_field
from core.forms import no_invisible_characters
from municipalities.models import Municipality

from .months import Month
from .querysets import HubQuerySet, SessionQuerySet

SESSION_IS_TAKEN = _(
    "A session of this hub in this slot of the day is already recorded. "
    "Change that one instead."
)


class Slot(models.TextChoices):
    """The part of a day in which a session is held."""

    MORNING = "morning", _("Morning")
    AFTERNOON = "afternoon", _("Afternoon")
    ALL_DAY = "all_day", _("All day")

    def overlaps(self, other: str) -> bool:
        """Tell whether both take the same part of a day."""
        return self == other or self.ALL_DAY in (self, other)


class Weekday(models.TextChoices):
    """The days of the week, numbered as `datetime.date.weekday()` does."""

    MONDAY = "0", _("Mon")
    TUESDAY = "1", _("Tue")
    WEDNESDAY = "2", _("Wed")
    THURSDAY = "3", _("Thu")
    FRIDAY = "4", _("Fri")
    SATURDAY = "5", _("Sat")
    SUNDAY = "6", _("Sun")


class Hub(models.Model):
    """A place where parents and small children meet, with its contract.

    Two series are kept apart: hubs that a municipality contracted, whose figures are
    published, and plazas that members run themselves.
    """

    class Series(models.TextChoices):
        CONTRACTED = "contracted", _("Contracted hub")
        MEMBER_RUN = "member_run", _("Members' plaza")

    class HubType(models.TextChoices):
        GENERAL = "general", _("General type")
        AFFILIATED = "affiliated", _("Affiliated type")
        PLAZA = "plaza", _("Plaza type")
        OTHER = "other", _("Other")

    class DayPlan(models.TextChoices):
        ALL_DAY = "all_day", _("One session, all day")
        MORNING = "morning", _("One session, mornings")
        AFTERNOON = "afternoon", _("One session, afternoons")
        HALF_DAYS = "half_days", _("Two sessions, morning and afternoon")

    code = models.CharField(
        _("code"),
        max_length=10,
        unique=True,
        validators=[
            RegexValidator(
                r"\A[A-Z0-9]+\Z", _("Use capital letters and digits only, such as H01.")
            )
        ],
        error_messages={
            "unique": _("Another hub has this code. Choose one that is free.")
        },
        help_text=_("Short and permanent, such as H01: the key of the hub in figures."),
    )
    name = models.CharField(
        _("name"), max_length=100, validators=[no_invisible_characters]
    )
    municipality = models.ForeignKey(
        Municipality,
        verbose_name=_("municipality"),
        on_delete=models.PROTECT,
        related_name="hubs",
    )
    series = models.CharField(
        _("series"), max_length=10, choices=Series, default=Series.CONTRACTED
    )
    hub_type = models.CharField(
        _("type"), max_length=10, choices=HubType, default=HubType.GENERAL
    )
    contract_from = DateField(_("contract from"))
    contract_until = DateField(
        _("contract until"),
        null=True,
        blank=True,
        help_text=_("The last day of operation; empty: without end."),
    )
    capacity = CountField(
        _("capacity"),
        null=True,
        blank=True,
        help_text=_("How many families fit in at a time; empty: not fixed."),
    )
    weekdays = models.CharField(
        _("days of operation"),
        max_length=7,
        default="01234",
        validators=[
            RegexValidator(r"\A0?1?2?3?4?5?6?\Z", _("Weekdays are 0 to 6, in order."))
        ],
    )
    day_plan = models.CharField(
        _("sessions on a day"),
        max_length=10,
        choices=DayPlan,
        default=DayPlan.ALL_DAY,
        help_text=_("Decides which rows the month sheet offers."),
    )
    search_key = SearchKeyField("code", "name")

    objects = HubQuerySet.as_manager()

    class Meta:
        verbose_name = _("hub")
        verbose_name_plural = _("hubs")
        ordering = ("code",)
        indexes = (
            models.Index(
                fields=["series", "contract_from", "contract_until"], name="hub_open_on"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(contract_until__isnull=True)
                | Q(contract_until__gte=F("contract_from")),
                name="hub_ends_after_beginning",
                violation_error_code="contract_until",
                violation_error_message=_("The end lies before the beginning."),
            ),
            models.CheckConstraint(
                condition=~Q(weekdays=""),
                name="hub_opens_on_some_weekday",
                violation_error_message=_("Choose at least one day of the week."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def get_absolute_url(self) -> str:
        """Return the page of this hub."""
        return reverse("childcare:hub_detail", args=[self.code])

    def month_url(self, month: Month) -> str:
        """Return the sheet of this hub for a month."""
        place = [self.code, month.year, month.month]
        return reverse("childcare:month_sheet", args=place)

    def is_open_on(self, day: dt.date) -> bool:
        """Tell whether the contract covers `day`, by the rule of `open_on()`."""
        ended = self.contract_until is not None and self.contract_until < day
        return self.contract_from <= day and not ended

    def operates_on(self, day: dt.date) -> bool:
        """Tell whether `day` is one of the hub's weekdays, within its contract."""
        return self.is_open_on(day) and str(day.weekday()) in self.weekdays

    @property
    def slots(self) -> list[Slot]:
        """The slots of a usual day, in order."""
        if self.day_plan == self.DayPlan.HALF_DAYS:
            return [Slot.MORNING, Slot.AFTERNOON]
        return [Slot(self.day_plan)]

    @property
    def weekday_names(self) -> list[Any]:
        """The names of its weekdays."""
        return [Weekday(number).label for number in self.weekdays]


class Session(models.Model):
    """One opening of a hub: a day and a slot, with those who came.

    None is "not recorded", 0 is "nobody". Families (親子組) are always recorded.
    """

    hub = models.ForeignKey(
        Hub, verbose_name=_("hub"), on_delete=models.PROTECT, related_name="sessions"
    )
    held_on = DateField(_("date"))
    fiscal_year = fiscal_year_field("held_on")
    slot = models.CharField(
        _("slot"), max_length=10, choices=Slot, default=Slot.ALL_DAY
    )
    families = CountField(
        _("families"), help_text=_("Parent-child pairs; 0 when nobody came.")
    )
    adults = CountField(_("adults"), null=True, blank=True)
    children = CountField(_("children"), null=True, blank=True)
    first_timers = CountField(
        _("first-time families"),
        null=True,
        blank=True,
        help_text=_("How many of the families came for the first time."),
    )
    consultations = CountField(_("consultations"), null=True, blank=True)
    note = models.CharField(
        _("note"), max_length=200, blank=True, validators=[no_invisible_characters]
    )
    search_key = SearchKeyField("note")

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ("-held_on", "-pk")
        indexes = (
            models.Index(fields=["-held_on", "-id"], name="session_newest"),
            models.Index(
                fields=["fiscal_year", "-held_on", "-id"], name="session_by_year"
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["hub", "held_on", "slot"],
                name="session_is_recorded_once",
                violation_error_code="held_on",
                violation_error_message=SESSION_IS_TAKEN,
            ),
            models.CheckConstraint(
                condition=Q(first_timers__isnull=True)
                | Q(first_timers__lte=F("families")),
                name="session_first_timers_are_among_the_families",
                violation_error_code="first_timers",
                violation_error_message=_(
                    "More first-time families than families came."
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.held_on:%Y/%m/%d} {self.get_slot_display()}"

    def get_absolute_url(self) -> str:
        """Return the page of this session."""
        return reverse("childcare:session_detail", args=[self.pk])


auditlog.register(Hub, exclude_fields=["search_key"])
auditlog.register(Session, exclude_fields=["search_key"])
