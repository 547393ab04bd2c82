"""Plan and DayOff: which deliveries are expected. SendingReport, SendingAlarm."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Workplace
from core.access import ScopedQuerySet
from core.fields import DateField, DateTimeField, SearchKeyField, TimeField
from core.forms import no_invisible_characters
from deliveries.validators import validate_member_number


class Plan(models.Model):
    """On which weekdays a member is delivered to, such as each weekday (夕食宅配)."""

    class Service(models.TextChoices):
        GROCERIES = "groceries", _("Weekly groceries")
        MEALS = "meals", _("Evening meals")

    member_number = models.CharField(
        _("co-op member number"), max_length=20, validators=[validate_member_number]
    )
    service = models.CharField(_("service"), max_length=10, choices=Service)
    weekdays = models.CharField(
        _("weekdays"),
        max_length=7,
        # Monday is 0, as in Python; ascending, so that "04" is Monday and Friday.
        validators=[RegexValidator(r"\A(?=.)0?1?2?3?4?5?6?\Z")],
    )
    expected_by = TimeField(
        _("expected by"), help_text=_("From then on a delivery counts as late.")
    )
    workplace = models.ForeignKey(
        Workplace,
        verbose_name=_("workplace"),
        on_delete=models.PROTECT,
        related_name="delivery_plans",
    )
    valid_from = DateField(_("valid from"))
    valid_until = DateField(_("valid until"), null=True, blank=True)
    search_key = SearchKeyField("member_number")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("expected delivery")
        verbose_name_plural = _("expected deliveries")
        ordering = ("member_number", "service", "-valid_from")
        indexes = (models.Index(fields=["member_number"], name="plan_by_member"),)
        constraints = (
            models.UniqueConstraint(
                fields=["member_number", "service", "valid_from"],
                name="plan_begins_once",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="plan_ends_after_beginning",
                violation_error_code="valid_until",
                violation_error_message=_("The end lies before the beginning."),
            ),
        )

    def __str__(self) -> str:
        return self.member_number


class DayOff(models.Model):
    """A day without deliveries, of one workplace or of all (None)."""

    day = DateField(_("day"))
    workplace = models.ForeignKey(
        Workplace,
        verbose_name=_("workplace"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Empty: all workplaces."),
    )
    reason = models.CharField(
        _("reason"), max_length=100, blank=True, validators=[no_invisible_characters]
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("day without deliveries")
        verbose_name_plural = _("days without deliveries")
        ordering = ("-day", "workplace")
        constraints = (
            models.UniqueConstraint(
                fields=["day", "workplace"],
                name="day_off_is_written_once",
                violation_error_message=_("This day is already listed."),
            ),
            models.UniqueConstraint(
                fields=["day"],
                condition=Q(workplace__isnull=True),
                name="day_off_of_all_is_written_once",
                violation_error_message=_("This day is already listed."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.day:%Y/%m/%d}"


class SendingReport(models.Model):
    """That the coordinators were told how a day's sending went; once a day."""

    day = DateField(_("day"), unique=True)
    reported_at = DateTimeField(_("reported at"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("daily report of sending")
        verbose_name_plural = _("daily reports of sending")
        ordering = ("-day",)

    def __str__(self) -> str:
        return f"{self.day:%Y/%m/%d}"


class SendingAlarm(models.Model):
    """That mails waited too long, and since when they flow again (None: not yet)."""

    raised_at = DateTimeField(_("raised at"))
    oldest_due_at = DateTimeField(_("oldest mail due at"))
    cleared_at = DateTimeField(_("over at"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("alarm about late mails")
        verbose_name_plural = _("alarms about late mails")
        ordering = ("-raised_at",)
        constraints = (
            models.UniqueConstraint(
                models.Value(1),
                condition=Q(cleared_at__isnull=True),
                name="alarm_is_raised_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.raised_at:%Y/%m/%d %H:%M}"
