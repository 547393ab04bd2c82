"""Delivery and Notice: what was delivered, and the mail to a family about it."""

import datetime as dt
import uuid
from email.utils import parseaddr
from functools import lru_cache

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Workplace
from core import fiscal
from core.fields import DateField, DateTimeField, SearchKeyField, TimeField
from core.fiscal import fiscal_year_field
from core.forms import no_invisible_characters
from deliveries.models.subscription import Subscription
from deliveries.querysets import DeliveryQuerySet, NoticeQuerySet
from deliveries.validators import validate_member_number


class Delivery(models.Model):
    """A delivery to a member, as the delivery system or a list reports it."""

    class Status(models.TextChoices):
        HANDED_OVER = "handed_over", _("Handed over")
        LEFT = "left", _("Left at the door")
        PREVIOUS_UNTOUCHED = "previous_untouched", _("Previous delivery still there")

    external_id = models.CharField(
        _("delivery ID"),
        max_length=64,
        unique=True,
        validators=[no_invisible_characters],
        help_text=_("The identifier in the delivery system; it prevents doubles."),
    )
    member_number = models.CharField(
        _("co-op member number"), max_length=20, validators=[validate_member_number]
    )
    delivered_on = DateField(_("day of delivery"))
    delivered_at = TimeField(_("time of delivery"))
    status = models.CharField(_("delivery status"), max_length=20, choices=Status)
    workplace = models.ForeignKey(
        Workplace,
        verbose_name=_("workplace"),
        on_delete=models.PROTECT,
        related_name="deliveries",
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    recorded_at = DateTimeField(_("recorded at"), default=timezone.now, editable=False)
    undone_at = DateTimeField(_("taken back at"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("taken back by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    fiscal_year = fiscal_year_field("delivered_on")
    search_key = SearchKeyField("member_number", "external_id")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ("-delivered_on", "-pk")
        indexes = (
            models.Index(fields=["-delivered_on", "-id"], name="delivery_newest"),
            models.Index(
                fields=["fiscal_year", "-delivered_on", "-id"], name="delivery_by_year"
            ),
            models.Index(
                fields=["member_number", "-delivered_on"], name="delivery_by_member"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=["handed_over", "left", "previous_untouched"]),
                name="delivery_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="delivery_is_taken_back_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return self.external_id

    def get_absolute_url(self) -> str:
        """Return the page of this delivery."""
        return reverse("deliveries:delivery_detail", args=[self.pk])

    @property
    def happened_at(self) -> dt.datetime:
        """The instant of the delivery."""
        return fiscal.local_instant(self.delivered_on, self.delivered_at)

    @property
    def is_undone(self) -> bool:
        """Whether it was recorded by mistake and taken back."""
        return self.undone_at is not None


def new_message_id() -> str:
    """Return a Message-ID: kept with the notice, so that a second try bears it too."""
    return f"<{uuid.uuid4().hex}@{_domain_of(settings.DEFAULT_FROM_EMAIL)}>"


@lru_cache
def _domain_of(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2]


class Notice(models.Model):
    """One mail about one delivery to one subscription, written with the delivery.

    The outbox has a row for it, by its `key`; what became of it is noted here. It
    belongs to the year of the delivery's day, whenever the mail goes out.
    """

    class Kind(models.TextChoices):
        DELIVERY = "delivery", _("Delivery notice")
        CORRECTION = "correction", _("Correction of a notice")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting to be sent")
        SENT = "sent", _("Mail sent")
        FAILED = "failed", _("Could not be sent")
        CANCELLED = "cancelled", _("Not sent on purpose")

    # Parked mails count: somebody may let them go once more.
    UNSENT = (State.WAITING, State.FAILED)

    class Cancelled(models.TextChoices):
        ENDED = "ended", _("The subscription had ended.")
        PAUSED = "paused", _("The subscription was paused.")
        UNCONFIRMED = "unconfirmed", _("The address was not confirmed.")
        STALE = "stale", _("The news was too old to be sent.")
        HELD = "held", _("Mails to this address come back.")
        UNDONE = "undone", _("The delivery was taken back.")
        BY_HAND = "by_hand", _("The co-op decided not to send it.")

    subscription = models.ForeignKey(
        Subscription,
        verbose_name=_("subscription"),
        on_delete=models.PROTECT,
        related_name="notices",
    )
    delivery = models.ForeignKey(
        Delivery,
        verbose_name=_("delivery"),
        on_delete=models.PROTECT,
        related_name="notices",
    )
    kind = models.CharField(
        _("kind"), max_length=20, choices=Kind, default=Kind.DELIVERY
    )
    noticed_for = DateField(_("day of delivery"))
    fiscal_year = fiscal_year_field("noticed_for")
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.WAITING
    )
    happened_at = DateTimeField(_("happened at"))
    sent_at = DateTimeField(_("sent at"), null=True, blank=True)
    cancelled_for = models.CharField(
        _("why not sent"), max_length=20, choices=Cancelled, blank=True
    )
    message_id = models.CharField(
        "Message-ID", max_length=320, unique=True, default=new_message_id
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ("-noticed_for", "-pk")
        indexes = (
            models.Index(fields=["-noticed_for", "-id"], name="notice_newest"),
            models.Index(
                fields=["fiscal_year", "-noticed_for", "-id"], name="notice_by_year"
            ),
            models.Index(
                fields=["noticed_for", "id"],
                name="notice_waiting",
                condition=Q(state="waiting"),
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["subscription", "delivery", "kind"],
                name="notice_is_written_once",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="notice_has_an_instant_when_sent",
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled") ^ Q(cancelled_for=""),
                name="notice_has_a_reason_when_cancelled",
            ),
        )

    def __str__(self) -> str:
        return f"{self.noticed_for:%Y/%m/%d}"

    @property
    def key(self) -> str:
        """The key of its mail in the outbox."""
        return f"deliveries.notice:{self.pk}"
