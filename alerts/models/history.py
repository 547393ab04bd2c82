"""What happens to a report later: follow-ups, corrections, warnings, photos."""

import uuid

from auditlog.registry import auditlog
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alerts.choices import Step
from core.access import ScopedQuerySet
from core.fields import DateTimeField

from .report import IncidentReport


class FollowUp(models.Model):
    """What was heard or done after a report was received."""

    report = models.ForeignKey(
        IncidentReport,
        verbose_name=_("incident report"),
        on_delete=models.CASCADE,
        related_name="follow_ups",
    )
    at = DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    text = models.TextField(_("what happened"), max_length=2000)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{timezone.localtime(self.at):%Y/%m/%d %H:%M}"


class Correction(models.Model):
    """A correction of a report, with what stood there before.

    `before` maps the names of the changed fields to what people read in them before.
    """

    report = models.ForeignKey(
        IncidentReport,
        verbose_name=_("incident report"),
        on_delete=models.CASCADE,
        related_name="corrections",
    )
    at = DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("corrected by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    before = models.JSONField(_("before"), encoder=DjangoJSONEncoder)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{timezone.localtime(self.at):%Y/%m/%d %H:%M}"


class Distinction(models.Model):
    """An officer's decision that two similar reports tell of different events."""

    first = models.ForeignKey(
        IncidentReport, on_delete=models.CASCADE, related_name="+"
    )
    second = models.ForeignKey(
        IncidentReport, on_delete=models.CASCADE, related_name="+"
    )
    at = DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("distinction of two reports")
        verbose_name_plural = _("distinctions of two reports")
        constraints = (
            models.UniqueConstraint(
                fields=["first", "second"], name="distinction_is_made_once"
            ),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="distinction_is_in_order"
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_id} / {self.second_id}"


class Escalation(models.Model):
    """A step by which people were warned of a report that waits; each step once."""

    report = models.ForeignKey(
        IncidentReport,
        verbose_name=_("incident report"),
        on_delete=models.CASCADE,
        related_name="escalations",
    )
    step = models.CharField(_("who was told"), max_length=10, choices=Step)
    at = DateTimeField(_("when"))
    recipients = models.PositiveIntegerField(_("number of addresses"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        ordering = ("at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["report", "step"], name="escalation_is_sent_once"
            ),
        )

    def __str__(self) -> str:
        return f"{timezone.localtime(self.at):%Y/%m/%d %H:%M}"


def photo_path(photo: "Photo", name: str) -> str:
    """Return where a photo is stored; nothing of the uploaded name is kept."""
    return f"alerts/{photo.pk}.jpg"


class Photo(models.Model):
    """A photo of what was noticed, decoded and written anew without its place."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(
        IncidentReport,
        verbose_name=_("incident report"),
        on_delete=models.CASCADE,
        related_name="photos",
    )
    file = models.FileField(_("photo"), upload_to=photo_path, max_length=100)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    added_at = DateTimeField(_("added at"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("added by"),
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = ScopedQuerySet.as_manager()
    workplace_path = "report__workplace"

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ("added_at", "pk")
        permissions = (("view_all_photo", "Can view the photos of all workplaces"),)

    def __str__(self) -> str:
        return f"{timezone.localtime(self.added_at):%Y/%m/%d %H:%M}"

    def get_absolute_url(self) -> str:
        """Return where the photo is served."""
        return reverse("alerts:photo", args=[self.pk])


auditlog.register(FollowUp, exclude_fields=["text"])
auditlog.register(Correction, exclude_fields=["before"])
auditlog.register(Distinction)
auditlog.register(Escalation)
auditlog.register(Photo)
