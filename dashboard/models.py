"""AnnualFigure: what was published, or frozen when a year was closed."""

from auditlog.registry import auditlog
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.access import ScopedQuerySet
from core.fields import DateField


class AnnualFigure(models.Model):
    """One figure of one fiscal year as it was printed or frozen; never recomputed.

    `breakdown` is empty for the whole, else like `channel=store`. `value` is in the
    indicator's unit; a ratio keeps `numerator` and `denominator` instead. `as_of` is
    the day the figure speaks of; empty where the publication does not say.
    """

    class Status(models.TextChoices):
        PUBLISHED = "published", _("Published")
        CLOSED = "closed", _("Closed")

    indicator = models.CharField(_("indicator"), max_length=100)
    fiscal_year = models.PositiveSmallIntegerField(_("fiscal year"))
    breakdown = models.CharField(_("breakdown"), max_length=100, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status)
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
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("annual figure")
        verbose_name_plural = _("annual figures")
        ordering = ("indicator", "fiscal_year", "breakdown")
        constraints = (
            models.UniqueConstraint(
                fields=["indicator", "fiscal_year", "breakdown", "status"],
                name="annual_figure_stands_once",
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


auditlog.register(AnnualFigure)
