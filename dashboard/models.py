"""YearClosing, AnnualFigure and Remark; the annual report comes from `reports`."""

from typing import Self

from auditlog.registry import auditlog
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.access import ScopedQuerySet
from core.fields import DateField, DateTimeField

from .reports import AnnualReport, ReportText

__all__ = ["AnnualFigure", "AnnualReport", "Remark", "ReportText", "YearClosing"]


def _person(label: str, **options: object) -> models.ForeignKey:
    """Return a column for who did something; None stands for a command."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=label,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        **options,
    )


class YearClosingQuerySet(ScopedQuerySet):
    """Closings: those that stand."""

    def standing(self) -> Self:
        """Return those that were not reopened; one per year at most."""
        return self.filter(reopened_at__isnull=True)


class YearClosing(models.Model):
    """One closing of a fiscal year: a version of its figures, until it is reopened.

    While one stands, triggers in the database refuse any change of the rows that the
    year counts (`dashboard.triggers`). `scope` lists what was frozen: an indicator's
    key, followed by a space and the name of a breakdown for its parts. `findings` keeps
    what the checks had found: check, label and count. `sha256` is that of the
    canonical list (`dashboard.closing`). None as a person stands for a command.
    """

    fiscal_year = models.PositiveSmallIntegerField(_("fiscal year"))
    version = models.PositiveSmallIntegerField(_("version"))
    last_day = DateField(_("last day"))
    closed_at = DateTimeField(_("closed at"))
    closed_by = _person(_("closed by"))
    closed_by_name = models.CharField(_("name of who closed it"), max_length=150)
    scope = models.JSONField(_("what was frozen"), default=list)
    findings = models.JSONField(_("what the checks found"), default=list)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    reopened_at = DateTimeField(_("reopened at"), null=True, blank=True)
    reopened_by = _person(_("reopened by"))
    reason = models.CharField(
        _("reason for reopening"), max_length=500, blank=True, default=""
    )

    objects = YearClosingQuerySet.as_manager()

    class Meta:
        verbose_name = _("closing of a year")
        verbose_name_plural = _("closings of years")
        ordering = ("-fiscal_year", "-version")
        constraints = (
            models.UniqueConstraint(
                fields=["fiscal_year", "version"], name="closing_has_its_version"
            ),
            models.UniqueConstraint(
                fields=["fiscal_year"],
                condition=Q(reopened_at__isnull=True),
                name="closing_stands_once",
            ),
            models.CheckConstraint(
                condition=Q(reopened_at__isnull=True) | ~Q(reason=""),
                name="closing_is_reopened_with_a_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.fiscal_year} v{self.version}"

    def get_absolute_url(self) -> str:
        """Return the page of the year's closing."""
        return reverse("dashboard:closing", args=[self.fiscal_year])

    @property
    def stands(self) -> bool:
        """Tell whether it was not reopened."""
        return self.reopened_at is None

    def covers(self, key: str, by: str = "") -> bool:
        """Tell whether an indicator, or its parts by a breakdown, were frozen."""
        return f"{key} {by}".rstrip() in self.scope


class AnnualFigure(models.Model):
    """One figure of one fiscal year as it was printed or frozen; never recomputed.

    `breakdown` is empty for the whole, else like `channel=store`. `value` is in the
    indicator's unit; a ratio keeps `numerator` and `denominator` instead. `as_of` is
    the day the figure speaks of; empty where the publication does not say. A closed
    figure belongs to a closing and keeps how it was defined, what its part was called
    and how many rows made it (None for a ratio).
    """

    class Status(models.TextChoices):
        PUBLISHED = "published", _("Published")
        CLOSED = "closed", _("Closed")

    indicator = models.CharField(_("indicator"), max_length=100)
    fiscal_year = models.PositiveSmallIntegerField(_("fiscal year"))
    breakdown = models.CharField(_("breakdown"), max_length=100, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status)
    closing = models.ForeignKey(
        YearClosing,
        verbose_name=_("closing of a year"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="figures",
    )
    as_of = DateField(_("as of"), null=True, blank=True)
    value = models.DecimalField(
        _("value"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    numerator = models.DecimalField(
        _("numerator"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    denominator = models.DecimalField(
        _("denominator"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    row_count = models.PositiveBigIntegerField(_("rows"), null=True, blank=True)
    name = models.CharField(_("name of the part"), max_length=200, blank=True)
    label = models.CharField(_("name of the figure"), max_length=200, blank=True)
    unit = models.CharField(_("unit"), max_length=50, blank=True)
    definition = models.TextField(_("definition"), blank=True)
    printed = models.CharField(
        _("printed text"),
        max_length=50,
        blank=True,
        help_text=_("The figure letter by letter as the publication prints it."),
    )
    note = models.TextField(_("note"), blank=True)
    is_break = models.BooleanField(
        _("break in series"),
        default=False,
        help_text=_("Not comparable with the years before."),
    )
    source = models.CharField(_("source"), max_length=200, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)
    recorded_by = _person(_("recorded by"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("annual figure")
        verbose_name_plural = _("annual figures")
        ordering = ("indicator", "fiscal_year", "breakdown")
        constraints = (
            models.UniqueConstraint(
                fields=["indicator", "fiscal_year", "breakdown"],
                condition=Q(status="published"),
                name="annual_figure_is_published_once",
            ),
            models.UniqueConstraint(
                fields=["closing", "indicator", "breakdown"],
                name="annual_figure_is_closed_once",
            ),
            models.CheckConstraint(
                condition=Q(status="published", closing__isnull=True)
                | Q(status="closed", closing__isnull=False),
                name="annual_figure_is_closed_by_a_closing",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False)
                | Q(numerator__isnull=False, denominator__isnull=False),
                name="annual_figure_has_a_value",
            ),
        )

    def __str__(self) -> str:
        part = f" {self.breakdown}" if self.breakdown else ""
        return f"{self.indicator} {self.fiscal_year}{part}"


class RemarkQuerySet(ScopedQuerySet):
    """Remarks: corrections, what is said of figures."""

    def corrections(self) -> Self:
        """Return the corrections (訂正), which stay for good."""
        return self.filter(kind="correction")


class Remark(models.Model):
    """Something said of a figure: a note, a break in the series, a correction (訂正).

    It stands beside the figure on tables, charts and the report, whatever the figure
    is, and changes no number. A correction is dated and stays for good; it may name
    the value that is right (a ratio: both its parts) and where that was published.
    """

    class Kind(models.TextChoices):
        NOTE = "note", _("Note")
        BREAK = "break", _("Break in series")
        CORRECTION = "correction", _("Correction")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    indicator = models.CharField(_("indicator"), max_length=100)
    fiscal_year = models.PositiveSmallIntegerField(_("fiscal year"))
    breakdown = models.CharField(_("breakdown"), max_length=100, blank=True)
    text = models.TextField(_("text"), max_length=1000)
    value = models.DecimalField(
        _("right value"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    numerator = models.DecimalField(
        _("numerator"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    denominator = models.DecimalField(
        _("denominator"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    source = models.CharField(_("source"), max_length=200, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)
    recorded_by = _person(_("recorded by"))

    objects = RemarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        ordering = ("recorded_at", "pk")
        indexes = (
            models.Index(
                fields=["fiscal_year", "indicator", "breakdown"], name="remark_place"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="correction")
                | Q(value__isnull=True, numerator__isnull=True),
                name="remark_with_a_value_is_a_correction",
            ),
        )

    def __str__(self) -> str:
        return f"{self.indicator} {self.fiscal_year} {self.kind}"


auditlog.register(YearClosing, exclude_fields=["scope"])
auditlog.register(Remark)
auditlog.register(ReportText)
auditlog.register(AnnualReport, exclude_fields=["document"])
auditlog.register(AnnualFigure)
