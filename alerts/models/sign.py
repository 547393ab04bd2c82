"""Sign: a line of the checklist."""

from auditlog.registry import auditlog
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.access import ScopedQuerySet
from core.fields import CountField


class Sign(models.Model):
    """A line of the checklist; administrators edit it and switch lines off."""

    code = models.SlugField(
        _("code"),
        max_length=30,
        unique=True,
        help_text=_("Short and permanent: the key of the sign in figures."),
    )
    name = models.CharField(_("name"), max_length=100, unique=True)
    order = CountField(_("order"), default=100)
    is_active = models.BooleanField(_("in use"), default=True)
    is_urgent = models.BooleanField(
        _("urgent"),
        default=False,
        help_text=_("Reports with it are to be passed on at once, day or night."),
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign")
        verbose_name_plural = _("signs")
        ordering = ("order", "code")

    def __str__(self) -> str:
        return self.name


auditlog.register(Sign)
