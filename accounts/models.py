"""Users, workplaces, tokens of other programs, and the log of who read what."""

import datetime as dt
from typing import Self

from auditlog.registry import auditlog
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.access import ScopedQuerySet
from core.fields import DateField, DateTimeField
from core.text import INVISIBLE


class Workplace(models.Model):
    """A delivery centre, a store or an office of the co-op."""

    class Kind(models.TextChoices):
        DELIVERY_CENTRE = "delivery_centre", _("Delivery centre")
        STORE = "store", _("Store")
        OFFICE = "office", _("Office")

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("workplace")
        verbose_name_plural = _("workplaces")
        ordering = ("kind", "code")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=["delivery_centre", "store", "office"],
                ),
                name="workplace_kind_is_known",
            ),
        )

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person who signs in. Roles are groups; the scope is the workplace."""

    first_name = None
    last_name = None
    display_name = models.CharField(_("name"), max_length=100)
    employee_number = models.CharField(
        _("employee number"), max_length=20, unique=True, null=True, blank=True
    )
    workplace = models.ForeignKey(
        Workplace,
        verbose_name=_("workplace"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="users",
    )

    REQUIRED_FIELDS = ("display_name",)

    class Meta(AbstractUser.Meta):
        ordering = ("username",)

    def __str__(self) -> str:
        return self.display_name or self.username

    def clean(self) -> None:
        """Take marks without width out of the address, which come along when pasted.

        Django takes them for a part of the domain, and no mail could be sent, not even
        to others who are to get the same one.
        """
        super().clean()
        self.email = INVISIBLE.sub("", self.email)

    def get_full_name(self) -> str:
        """Return the name to show; Django's admin asks for it."""
        return str(self)

    def get_short_name(self) -> str:
        """Return the name to show."""
        return str(self)


class ApiTokenQuerySet(ScopedQuerySet):
    """Tokens: those that open the API."""

    def usable(self, on: dt.date) -> Self:
        """Return those neither revoked nor expired, whose user may sign in."""
        return self.filter(
            models.Q(expires_on__isnull=True) | models.Q(expires_on__gte=on),
            revoked_at__isnull=True,
            user__is_active=True,
        )


class ApiToken(models.Model):
    """What an outside program shows to the API instead of signing in, as its user.

    The secret itself is not kept, only its SHA-256; `prefix` is the part of the token
    that is no secret, by which people tell tokens apart. `expires_on` is the last day
    on which it opens the API; None is no end. `last_used_at` is exact to the hour.
    None in `created_by` stands for a command.
    """

    user = models.ForeignKey(
        User,
        verbose_name=_("user"),
        on_delete=models.CASCADE,
        related_name="api_tokens",
        help_text=_("The program may do over the API what this user may do."),
    )
    name = models.CharField(
        _("name"), max_length=100, help_text=_("Which program uses it, and what for.")
    )
    prefix = models.CharField(_("beginning"), max_length=20, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    created_by = models.ForeignKey(
        User,
        verbose_name=_("created by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    expires_on = DateField(
        _("expires on"),
        null=True,
        blank=True,
        help_text=_("The last day on which it works. Empty: no end."),
    )
    last_used_at = models.DateTimeField(
        _("last used at"), null=True, blank=True, editable=False
    )
    revoked_at = models.DateTimeField(
        _("revoked at"), null=True, blank=True, editable=False
    )

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.name


class AccessEntryQuerySet(ScopedQuerySet):
    """Entries of the log of reads: of one subject."""

    def of(self, subject: models.Model) -> Self:
        """Return those about a row."""
        return self.filter(subject_type=subject._meta.label, subject_id=subject.pk)


class AccessEntry(models.Model):
    """That somebody saw personal data; only ever added to, in the database too.

    One row per person seen, written before the first byte of the answer. None in
    `user` stands for a command. `subject_type` is the label of a model
    (`alerts.IncidentReport`), `subject_id` the key of the row, None for a list as a
    whole; `subject` is what people call it, and never a name. `reason` is filled in
    where one was asked for. `row_count` tells how many rows a list or file held.
    """

    class Action(models.TextChoices):
        VIEW = "view", _("Opened the page")
        REVEAL = "reveal", _("Revealed personal data")
        EDIT = "edit", _("Opened the form")
        PHOTO = "photo", _("Saw a photo")
        PRINT = "print", _("Printed")
        EXPORT = "export", _("Took out a file")
        ERASE = "erase", _("Erased personal data")

    at = DateTimeField(_("when"), default=timezone.now)
    user = models.ForeignKey(
        User,
        verbose_name=_("who"),
        on_delete=models.PROTECT,
        null=True,
        related_name="accesses",
    )
    action = models.CharField(_("what was done"), max_length=10, choices=Action)
    subject_type = models.CharField(_("kind of record"), max_length=100)
    subject_id = models.BigIntegerField(_("key of the record"), null=True)
    subject = models.CharField(_("record"), max_length=100)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    row_count = models.PositiveIntegerField(_("number of rows"), default=1)

    objects = AccessEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the log of reads")
        verbose_name_plural = _("log of reads")
        ordering = ("-at", "-pk")
        indexes = (
            models.Index(
                fields=["subject_type", "subject_id", "-at"], name="access_by_subject"
            ),
            models.Index(fields=["user", "-at"], name="access_by_user"),
            models.Index(fields=["-at", "-id"], name="access_newest"),
        )

    def __str__(self) -> str:
        return f"{timezone.localtime(self.at):%Y/%m/%d %H:%M}"


auditlog.register(Workplace)
auditlog.register(ApiToken, exclude_fields=["sha256", "last_used_at"])
auditlog.register(
    User, exclude_fields=["password", "last_login"], m2m_fields={"groups"}
)
