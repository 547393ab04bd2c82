"""The stored parts of the annual report: ReportText and AnnualReport."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.access import ScopedQuerySet
from core.fields import DateTimeField


class ReportText(models.Model):
    """The introduction of one section of a year's report; editable until published.

    `section` is a program's app label, or empty for the report's own introduction.
    """

    fiscal_year = models.PositiveSmallIntegerField(_("fiscal year"))
    section = models.CharField(_("section"), max_length=50, blank=True)
    text = models.TextField(_("introduction"), max_length=5000, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("text of the annual report")
        verbose_name_plural = _("texts of the annual report")
        ordering = ("fiscal_year", "section")
        constraints = (
            models.UniqueConstraint(
                fields=["fiscal_year", "section"], name="report_text_is_written_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.fiscal_year} {self.section}"


class AnnualReportQuerySet(ScopedQuerySet):
    """Published reports: the newest version, those without sign-in."""

    def newest(self, year: int) -> Self:
        """Return the versions of a year, the newest first."""
        return self.filter(fiscal_year=year).order_by("-version")

    def public(self) -> Self:
        """Return those that may be read without sign-in."""
        return self.filter(is_public=True)


class AnnualReport(models.Model):
    """A published version of a year's report, frozen: what was on every page.

    `document` holds the whole report as plain data (`dashboard.documents`), `sha256`
    that of its canonical form. Only `is_public` may change afterwards.
    """

    fiscal_year = models.PositiveSmallIntegerField(_("fiscal year"))
    version = models.PositiveSmallIntegerField(_("version"))
    document = models.JSONField(_("document"))
    sha256 = models.CharField("SHA-256", max_length=64)
    is_public = models.BooleanField(_("may be read without sign-in"), default=False)
    published_at = DateTimeField(_("published at"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("published by"),
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = AnnualReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("annual report")
        verbose_name_plural = _("annual reports")
        ordering = ("-fiscal_year", "-version")
        constraints = (
            models.UniqueConstraint(
                fields=["fiscal_year", "version"], name="report_has_its_version"
            ),
            models.UniqueConstraint(
                fields=["fiscal_year"],
                condition=Q(is_public=True),
                name="report_is_public_in_one_version",
            ),
        )

    def __str__(self) -> str:
        return f"{self.fiscal_year} v{self.version}"

    def get_absolute_url(self) -> str:
        """Return the page of the year's report."""
        return reverse("report:report", args=[self.fiscal_year])
