"""Users and workplaces."""

from auditlog.registry import auditlog
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.access import ScopedQuerySet


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

    def get_full_name(self) -> str:
        """Return the name to show; Django's admin asks for it."""
        return str(self)

    def get_short_name(self) -> str:
        """Return the name to show."""
        return str(self)


auditlog.register(Workplace)
auditlog.register(
    User, exclude_fields=["password", "last_login"], m2m_fields={"groups"}
)
