"""FamilyLink: what a link in a mail to a family may do."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.access import ScopedQuerySet
from core.fields import DateTimeField
from deliveries.models.subscription import Subscription


def new_salt() -> str:
    """Return 128 random bits; the link is made of them and of the server's secret."""
    return secrets.token_hex(16)


class FamilyLink(models.Model):
    """A link of one purpose, by which a family acts without an account.

    Kept are a random salt and the SHA-256 of the token, so that a stolen row opens
    nothing; the token is made anew whenever a mail is written (`deliveries.links`).
    """

    class Purpose(models.TextChoices):
        CONFIRM = "confirm", _("Confirm the address")
        MANAGE = "manage", _("See, pause, change the address")
        STOP = "stop", _("Stop")

    subscription = models.ForeignKey(
        Subscription,
        verbose_name=_("subscription"),
        on_delete=models.CASCADE,
        related_name="links",
    )
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    salt = models.CharField(max_length=32, default=new_salt, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, unique=True, editable=False)
    created_at = DateTimeField(_("created at"))
    expires_at = DateTimeField(_("not valid after"), null=True, blank=True)
    used_at = DateTimeField(_("used at"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("link for a family")
        verbose_name_plural = _("links for families")
        ordering = ("-created_at", "-pk")
        indexes = (
            models.Index(
                fields=["subscription", "purpose", "-created_at"],
                name="link_by_subscription",
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(purpose="confirm") | Q(expires_at__isnull=False),
                name="link_to_confirm_ends",
            ),
        )

    def __str__(self) -> str:
        return self.get_purpose_display()
