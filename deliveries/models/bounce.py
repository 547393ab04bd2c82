"""Bounce: a mail that came back, or that somebody marked as unwanted."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.access import ScopedQuerySet
from core.fields import DateField, DateTimeField
from core.fiscal import fiscal_year_field
from deliveries.models.delivery import Notice
from deliveries.models.subscription import Subscription


class Bounce(models.Model):
    """What a mail server or mail service told about a mail to a family.

    `key` is what it is known by at its source, so that it counts once however often it
    is read. `code` is a status such as 5.1.1; the server's text, which may name people,
    is not kept.
    """

    class Kind(models.TextChoices):
        PERMANENT = "permanent", _("The address does not exist or refuses us")
        TEMPORARY = "temporary", _("Not delivered for the time being")
        COMPLAINT = "complaint", _("Marked as unwanted mail")

    class Source(models.TextChoices):
        MAILBOX = "mailbox", _("Mailbox")
        SERVICE = "service", _("Mail service")
        SERVER = "server", _("Refused while sending")

    subscription = models.ForeignKey(
        Subscription,
        verbose_name=_("subscription"),
        on_delete=models.PROTECT,
        related_name="bounces",
    )
    notice = models.ForeignKey(
        Notice,
        verbose_name=_("notice"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="bounces",
    )
    key = models.CharField(_("key"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    source = models.CharField(_("source"), max_length=10, choices=Source)
    code = models.CharField(_("status code"), max_length=20, blank=True)
    bounced_at = DateTimeField(_("came back at"))
    bounced_on = DateField(_("came back on"))
    fiscal_year = fiscal_year_field("bounced_on")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("returned mail")
        verbose_name_plural = _("returned mails")
        ordering = ("-bounced_on", "-pk")
        indexes = (
            models.Index(fields=["-bounced_on", "-id"], name="bounce_newest"),
            models.Index(
                fields=["fiscal_year", "-bounced_on", "-id"], name="bounce_by_year"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=["permanent", "temporary", "complaint"]),
                name="bounce_kind_is_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self.bounced_on:%Y/%m/%d}"
