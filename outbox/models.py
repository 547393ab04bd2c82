"""Mail: one row for each mail that goes out. Worker: who sends, and since when."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.access import ScopedQuerySet

from .kinds import Priority


class MailQuerySet(ScopedQuerySet):
    """Mails: due, stuck, settled."""

    def due(self, at: dt.datetime) -> Self:
        """Return those that should have been sent by the instant `at`."""
        return self.filter(state__in=Mail.OPEN, due_at__lte=at)

    def abandoned(self, at: dt.datetime) -> Self:
        """Return those whose worker died: it held them, and its lease is over."""
        return self.filter(state=Mail.State.SENDING, lease_until__lte=at)


class Mail(models.Model):
    """One mail: what to send, when, and what has become of it.

    A stored mail keeps the whole message in `content` and its envelope beside it; both
    are blanked when it is settled. One by reference (`kind`) is written when sent.
    While a worker holds the row, `claimed_by` and `lease_until` say who and how long;
    `begun_at` is set from before the mail is written until its outcome is recorded.
    `may_have_arrived` stays set once an attempt ended without an answer of the server:
    its worker died, or the connection broke.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting to be sent")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        PARKED = "parked", _("Parked after repeated failure")
        WITHHELD = "withheld", _("Not sent on purpose")
        EXPIRED = "expired", _("Too old to be sent")

    OPEN = (State.WAITING, State.SENDING)

    # Many mails have none, and an empty text could be there once only.
    key = models.CharField(_("key"), max_length=150, null=True)  # noqa: DJ001
    kind = models.CharField(_("kind"), max_length=60, blank=True)
    reference = models.CharField(_("reference"), max_length=64, blank=True)
    message_id = models.CharField("Message-ID", max_length=320)
    priority = models.PositiveSmallIntegerField(
        _("priority"),
        choices=[(one.value, one.name.lower()) for one in Priority],
        default=Priority.NORMAL,
    )
    sender = models.CharField(_("envelope sender"), max_length=320, blank=True)
    recipients = models.JSONField(_("envelope recipients"), default=list, blank=True)
    content = models.BinaryField(_("message"), default=b"", blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.WAITING
    )
    created_at = models.DateTimeField(_("queued at"), default=timezone.now)
    due_at = models.DateTimeField(_("next attempt"))
    expires_at = models.DateTimeField(_("not to be sent after"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # The database knows it too: a worker of before this column may still queue mails.
    may_have_arrived = models.BooleanField(
        _("may have arrived"), default=False, db_default=False
    )
    last_error = models.CharField(_("last error"), max_length=100, blank=True)
    claimed_by = models.CharField(_("held by"), max_length=100, blank=True)
    lease_until = models.DateTimeField(_("held until"), null=True, blank=True)
    begun_at = models.DateTimeField(_("going out since"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails of the outbox")
        ordering = ("-created_at", "-pk")
        indexes = (
            # What is claimed next; as small as the queue, however long the table.
            models.Index(
                fields=["priority", "due_at", "id"],
                name="mail_to_send",
                condition=Q(state="waiting"),
            ),
            models.Index(
                fields=["lease_until"], name="mail_held", condition=Q(state="sending")
            ),
            models.Index(
                fields=["due_at"],
                name="mail_oldest_due",
                condition=Q(state__in=["waiting", "sending"]),
            ),
            models.Index(fields=["state", "-created_at", "-id"], name="mail_by_state"),
            models.Index(fields=["-created_at", "-id"], name="mail_newest"),
        )
        # Not `unique=True`: that makes a second index for LIKE, which every change of a
        # row would have to feed.
        constraints = (
            models.UniqueConstraint(fields=["key"], name="mail_key_is_one"),
            models.UniqueConstraint(fields=["message_id"], name="mail_id_is_one"),
            models.CheckConstraint(
                condition=Q(state="sending", lease_until__isnull=False)
                | (~Q(state="sending") & Q(lease_until__isnull=True)),
                name="mail_is_held_while_sending",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sending"], settled_at__isnull=True)
                | (~Q(state__in=["waiting", "sending"]) & Q(settled_at__isnull=False)),
                name="mail_has_an_instant_when_settled",
            ),
        )

    def __str__(self) -> str:
        return self.message_id


class Worker(models.Model):
    """A process that sends mails, and when it was last heard of."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    started_at = models.DateTimeField(_("started at"))
    seen_at = models.DateTimeField(_("last seen at"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("sending worker")
        verbose_name_plural = _("sending workers")
        ordering = ("-seen_at",)

    def __str__(self) -> str:
        return self.name
