"""Municipality, Desk, DeliveryCourse and PostalCode."""

import datetime as dt
import re
import unicodedata
from typing import Self

from auditlog.registry import auditlog
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Workplace
from core.access import ScopedQuerySet
from core.fields import DateField, SearchKeyField

from .codes import validate_code
from .prefectures import prefecture_name

phone_validator = RegexValidator(
    r"^[0-9０-９+＋()（）\-－‐ー ]{3,20}$",
    _("Enter a telephone number such as 047-000-0000."),
)

# So long a desk's number counts as right after somebody has tried it.
VERIFIED_FOR = dt.timedelta(days=365)


def phone_uri(phone: str) -> str:
    """Return the `tel:` address of a telephone number as it was written."""
    digits = re.sub(r"[^0-9+]", "", unicodedata.normalize("NFKC", phone))
    return f"tel:{digits}"


class MunicipalityQuerySet(ScopedQuerySet):
    """Municipalities: valid on a day, in the service area."""

    def valid_on(self, day: dt.date) -> Self:
        """Return the municipalities that exist on `day`."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_until__isnull=True) | Q(valid_until__gte=day),
        )

    def in_service_area(self) -> Self:
        """Return those that count in the denominator of coverage."""
        return self.filter(is_in_service_area=True)


class Municipality(models.Model):
    """A city, ward, town or village, with the dates between which it exists.

    The six-digit code of the Ministry of Internal Affairs, check digit included, is
    its public key in URLs, imports and figures.
    """

    class Kind(models.TextChoices):
        CITY = "市", _("City")
        WARD = "区", _("Ward")
        TOWN = "町", _("Town")
        VILLAGE = "村", _("Village")

    code = models.CharField(
        _("code"), max_length=6, unique=True, validators=[validate_code]
    )
    prefecture_code = models.CharField(_("prefecture code"), max_length=2)
    prefecture = models.CharField(_("prefecture"), max_length=4)
    name = models.CharField(_("name"), max_length=50)
    kana = models.CharField(_("reading"), max_length=100)
    kind = models.CharField(_("kind"), max_length=1, choices=Kind)
    is_island = models.BooleanField(_("island"), default=False)
    is_in_service_area = models.BooleanField(
        _("in the service area"),
        default=False,
        help_text=_("Counts in the denominator of the coverage."),
    )
    valid_from = DateField(
        _("valid from"),
        null=True,
        blank=True,
        help_text=_("Empty: since before the records begin."),
    )
    valid_until = DateField(
        _("valid until"),
        null=True,
        blank=True,
        help_text=_("The last day before a merger; empty: exists today."),
    )
    successor = models.ForeignKey(
        "self",
        verbose_name=_("successor"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        help_text=_("The municipality it became part of."),
    )
    search_key = SearchKeyField("prefecture", "name", "kana", "code")

    objects = MunicipalityQuerySet.as_manager()

    class Meta:
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")
        ordering = ("code",)
        indexes = (
            models.Index(
                fields=["prefecture_code", "code"], name="municipality_by_prefecture"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="municipality_ends_after_beginning",
                violation_error_code="valid_until",
                violation_error_message=_("The end lies before the beginning."),
            ),
            models.CheckConstraint(
                condition=~Q(successor=F("pk")),
                name="municipality_is_not_its_own_successor",
                violation_error_message=_("A municipality cannot succeed itself."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.prefecture}{self.name}"

    def clean(self) -> None:
        """Raise ValidationError unless code, prefecture, name and kind fit together."""
        wrong = {}
        if self.prefecture_code != self.code[:2]:
            wrong["prefecture_code"] = _("The municipality code begins with %(code)s.")
        if self.prefecture != prefecture_name(self.code[:2]):
            wrong["prefecture"] = _("The municipality code belongs to %(prefecture)s.")
        if self.kind != self.name[-1:]:
            wrong["kind"] = _("The name does not end in %(kind)s.")
        params = {
            "code": self.code[:2],
            "prefecture": prefecture_name(self.code[:2]) or "–",
            "kind": self.kind,
        }
        if wrong:
            raise ValidationError(
                {
                    field: ValidationError(message, code="inconsistent", params=params)
                    for field, message in wrong.items()
                }
            )


class DeskQuerySet(ScopedQuerySet):
    """Desks: in use, due for a call."""

    def due_for_verification(self, today: dt.date) -> Self:
        """Return those in use that nobody has verified for a year, or ever."""
        return self.filter(
            Q(verified_on__isnull=True) | Q(verified_on__lt=today - VERIFIED_FOR),
            is_active=True,
        )


class Desk(models.Model):
    """An office to call when something was noticed: town hall, support centre."""

    class Kind(models.TextChoices):
        MUNICIPAL = "municipal", _("Municipal office")
        COMMUNITY_SUPPORT = "community_support", _("Community support centre")
        CHILDREN = "children", _("Children")
        DISABILITY = "disability", _("Disability")
        POLICE = "police", _("Police")
        OTHER = "other", _("Other")

    municipality = models.ForeignKey(
        Municipality,
        verbose_name=_("municipality"),
        on_delete=models.PROTECT,
        related_name="desks",
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    name = models.CharField(_("name"), max_length=100)
    sub_area = models.CharField(
        _("sub-area"),
        max_length=100,
        blank=True,
        help_text=_("School district or part of town; empty: the whole municipality."),
    )
    phone = models.CharField(
        _("telephone"), max_length=20, validators=[phone_validator]
    )
    email = models.EmailField(_("e-mail"), blank=True)
    opening_hours = models.CharField(_("opening hours"), max_length=100, blank=True)
    out_of_hours = models.CharField(
        _("out of hours"),
        max_length=200,
        blank=True,
        help_text=_("What to do when the desk is closed."),
    )
    is_closed_on_holidays = models.BooleanField(
        _("closed on holidays"),
        default=True,
        help_text=_("Public holidays, and 29 December to 3 January."),
    )
    fallback = models.ForeignKey(
        "self",
        verbose_name=_("who else"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("The desk to call when this one is closed or does not answer."),
    )
    verified_on = DateField(_("last verified on"), null=True, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    search_key = SearchKeyField("name", "sub_area", "phone")

    objects = DeskQuerySet.as_manager()

    class Meta:
        verbose_name = _("desk")
        verbose_name_plural = _("desks")
        ordering = ("municipality", "kind", "name")
        constraints = (
            models.UniqueConstraint(
                fields=["municipality", "kind", "name", "sub_area"],
                name="desk_is_listed_once",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the page of the desk."""
        return reverse("municipalities:desk_detail", args=[self.pk])

    @property
    def phone_uri(self) -> str:
        """Return the `tel:` address of the telephone number."""
        return phone_uri(self.phone)

    def is_due_for_verification(self, today: dt.date) -> bool:
        """Tell whether it is in use and nobody has verified it for a year, or ever."""
        is_old = self.verified_on is None or self.verified_on < today - VERIFIED_FOR
        return self.is_active and is_old


class DeliveryCourse(models.Model):
    """The round of a delivery van, by which drivers find the desks of their day."""

    workplace = models.ForeignKey(
        Workplace,
        verbose_name=_("workplace"),
        on_delete=models.PROTECT,
        related_name="courses",
    )
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=100, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    search_key = SearchKeyField("code", "name")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery course")
        verbose_name_plural = _("delivery courses")
        ordering = ("workplace", "code")
        constraints = (
            models.UniqueConstraint(
                fields=["workplace", "code"], name="course_is_listed_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()


class CourseArea(models.Model):
    """A municipality, or a part of one, through which a delivery course leads."""

    course = models.ForeignKey(
        DeliveryCourse,
        verbose_name=_("delivery course"),
        on_delete=models.CASCADE,
        related_name="areas",
    )
    municipality = models.ForeignKey(
        Municipality,
        verbose_name=_("municipality"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    sub_area = models.CharField(
        _("sub-area"),
        max_length=100,
        blank=True,
        help_text=_("As written at the desks; empty: the whole municipality."),
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("area of a delivery course")
        verbose_name_plural = _("areas of delivery courses")
        ordering = ("course", "municipality", "sub_area")
        constraints = (
            models.UniqueConstraint(
                fields=["course", "municipality", "sub_area"],
                name="course_area_is_listed_once",
            ),
        )

    def __str__(self) -> str:
        return self.sub_area or "–"


class PostalCode(models.Model):
    """A postal code and a municipality it lies in; some codes span several."""

    code = models.CharField(_("postal code"), max_length=7)
    municipality = models.ForeignKey(
        Municipality,
        verbose_name=_("municipality"),
        on_delete=models.CASCADE,
        related_name="postal_codes",
    )

    class Meta:
        verbose_name = _("postal code")
        verbose_name_plural = _("postal codes")
        constraints = (
            models.UniqueConstraint(
                fields=["code", "municipality"], name="postal_code_is_listed_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code[:3]}-{self.code[3:]}"


auditlog.register(Municipality, exclude_fields=["search_key"])
auditlog.register(Desk, exclude_fields=["search_key"])
auditlog.register(DeliveryCourse, exclude_fields=["search_key"])
auditlog.register(CourseArea)
