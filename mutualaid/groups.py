"""Group and Tariff: who helps where, and what an hour costs from a day on."""

from typing import NamedTuple

from auditlog.registry import auditlog
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.access import ScopedQuerySet
from core.fields import CountField, DateField
from municipalities.prefectures import PREFECTURES

from .querysets import TariffQuerySet


class Group(models.Model):
    """A mutual-aid group: the members of one area who help each other."""

    code = models.SlugField(
        _("code"),
        max_length=20,
        unique=True,
        help_text=_("A short name in Latin letters; it stays for good."),
    )
    name = models.CharField(_("name"), max_length=50)
    prefecture_code = models.CharField(
        _("area"),
        max_length=2,
        choices=[(f"{i:02}", name) for i, name in enumerate(PREFECTURES, start=1)],
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("mutual-aid group")
        verbose_name_plural = _("mutual-aid groups")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the page of this group."""
        return reverse("mutualaid:group_detail", args=[self.pk])


class Fee(NamedTuple):
    """What a slip costs, in whole yen; helper's and office's share make the fee."""

    fee_jpy: int
    helper_jpy: int
    office_jpy: int
    travel_jpy: int


class Tariff(models.Model):
    """What an hour of help costs in a group, from a day on."""

    group = models.ForeignKey(
        Group,
        verbose_name=_("mutual-aid group"),
        on_delete=models.PROTECT,
        related_name="tariffs",
    )
    valid_from = DateField(_("applies from"))
    valid_until = DateField(
        _("applies until"),
        null=True,
        blank=True,
        help_text=_("The last day; empty: until further notice."),
    )
    unit_minutes = CountField(
        _("minutes per unit"), default=60, validators=[MinValueValidator(1)]
    )
    minimum_minutes = CountField(
        _("minimum minutes"),
        default=60,
        help_text=_("A shorter activity is charged like this."),
    )
    rounding_minutes = CountField(
        _("rounded up to minutes"),
        default=30,
        validators=[MinValueValidator(1)],
        help_text=_("Charged time is rounded up to a multiple of this."),
    )
    fee_jpy = CountField(_("fee per unit (yen)"))
    helper_share_jpy = CountField(_("helper's share per unit (yen)"))
    office_share_jpy = CountField(_("office's share per unit (yen)"))
    travel_jpy = CountField(
        _("travel costs per activity (yen)"),
        default=0,
        help_text=_("Paid by the recipient to the helper on top of the fee."),
    )

    objects = TariffQuerySet.as_manager()

    class Meta:
        verbose_name = _("tariff")
        verbose_name_plural = _("tariffs")
        ordering = ("group", "-valid_from")
        constraints = (
            models.UniqueConstraint(
                fields=["group", "valid_from"],
                name="tariff_begins_once_a_day",
                violation_error_code="valid_from",
                violation_error_message=_(
                    "A tariff of this group from this day on is already recorded."
                ),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="tariff_ends_after_beginning",
                violation_error_code="valid_until",
                violation_error_message=_("The end lies before the beginning."),
            ),
            models.CheckConstraint(
                condition=Q(fee_jpy=F("helper_share_jpy") + F("office_share_jpy")),
                name="tariff_shares_make_the_fee",
                violation_error_code="office_share_jpy",
                violation_error_message=_(
                    "Helper's share and office's share must add up to the fee."
                ),
            ),
            models.CheckConstraint(
                condition=Q(unit_minutes__gt=0, rounding_minutes__gt=0),
                name="tariff_counts_in_minutes",
                violation_error_message=_(
                    "Unit and rounding must be 1 minute or more."
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.valid_from:%Y/%m/%d}"

    def get_absolute_url(self) -> str:
        """Return the page of the group, which shows its tariffs."""
        return reverse("mutualaid:group_detail", args=[self.group_id])

    def clean(self) -> None:
        """Refuse a tariff that applies on a day when another of the group does."""
        if self.group_id is None or self.valid_from is None:
            return
        others = Tariff.objects.filter(group=self.group_id).exclude(pk=self.pk)
        other = others.overlapping(self.valid_from, self.valid_until).first()
        if other is not None:
            raise ValidationError(
                {
                    "valid_from": _(
                        "The tariff from %(day)s on applies in this period too. Enter "
                        "its last day first, or begin after it."
                    )
                    % {"day": other}
                },
                code="overlap",
            )

    def fee_for(self, minutes: int) -> Fee:
        """Return what an activity of `minutes` costs, rounded half up to whole yen.

        The time is raised to the minimum, then rounded up to the rounding step.
        """
        charged = max(minutes, self.minimum_minutes)
        charged = -(-charged // self.rounding_minutes) * self.rounding_minutes
        fee = self._share(self.fee_jpy, charged)
        helper = min(self._share(self.helper_share_jpy, charged), fee)
        return Fee(fee, helper, fee - helper, self.travel_jpy)

    def _share(self, per_unit: int, minutes: int) -> int:
        return (2 * per_unit * minutes + self.unit_minutes) // (2 * self.unit_minutes)


auditlog.register(Group)
auditlog.register(Tariff)
