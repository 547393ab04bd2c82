"""CaseStory: a report told so that nobody can be recognised."""

from auditlog.registry import auditlog
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alerts.choices import AgeBand, Season, StoryState
from alerts.querysets import CaseStoryQuerySet
from core.fields import DateTimeField, SearchKeyField

from .report import IncidentReport


class CaseStory(models.Model):
    """A report told so that nobody can be recognised; a second person approves it."""

    report = models.ForeignKey(
        IncidentReport,
        verbose_name=_("incident report"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="stories",
    )
    title = models.CharField(_("title"), max_length=100)
    text = models.TextField(
        _("text"),
        max_length=2000,
        help_text=_(
            "No names, no addresses, no dates: nobody may be recognised by it."
        ),
    )
    age_band = models.CharField(_("age"), max_length=10, choices=AgeBand, blank=True)
    area = models.CharField(
        _("area"),
        max_length=50,
        help_text=_("Roughly, such as 千葉県北部; no municipality."),
    )
    season = models.CharField(
        _("time of year"), max_length=10, choices=Season, blank=True
    )
    state = models.CharField(
        _("state"), max_length=10, choices=StoryState, default=StoryState.DRAFT
    )
    written_at = DateTimeField(_("written at"), default=timezone.now, editable=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    approved_at = DateTimeField(_("approved at"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("approved by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    withdrawn_at = DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("withdrawn by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    withdrawn_reason = models.CharField(
        _("why it was withdrawn"), max_length=200, blank=True
    )
    search_key = SearchKeyField("title", "text", "area")

    objects = CaseStoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("case story")
        verbose_name_plural = _("case stories")
        ordering = ("-written_at", "-pk")
        permissions = (("approve_casestory", "Can approve and withdraw case stories"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("written_by")),
                name="story_is_approved_by_another",
                violation_error_message=_(
                    "Another person than the writer must approve."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="story_approved_names_who_and_when",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the page of this story."""
        return reverse("alerts:story_detail", args=[self.pk])


auditlog.register(
    CaseStory,
    exclude_fields=["text", "age_band", "area", "search_key", "withdrawn_reason"],
)
