"""Member, Request and Activity; Group and Tariff come from `groups`."""

import datetime as dt

from auditlog.registry import auditlog
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.fields import DateField, SearchKeyField, TimeField
from core.fiscal import fiscal_year_field
from municipalities.models import Municipality

from .groups import Group, Tariff
from .querysets import ActivityQuerySet, MemberQuerySet, RequestQuerySet

__all__ = ["Activity", "Group", "Member", "Request", "Service", "Tariff"]


class Service(models.TextChoices):
    """What is done for the recipient."""

    CLEANING = "cleaning", _("Cleaning")
    COOKING = "cooking", _("Cooking")
    SHOPPING = "shopping", _("Shopping")
    HOSPITAL = "hospital", _("Going along to the hospital")
    CHILDREN = "children", _("Looking after children")
    COMPANY = "company", _("Company and talk")
    OTHER = "other", _("Other")


class Member(models.Model):
    """A member of a group who is helped, helps, or both."""

    class Role(models.TextChoices):
        RECIPIENT = "recipient", _("Recipient")
        HELPER = "helper", _("Helper")
        BOTH = "both", _("Recipient and helper")

    number = models.CharField(_("member number"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=50)
    kana = models.CharField(_("reading"), max_length=100)
    municipality = models.ForeignKey(
        Municipality,
        verbose_name=_("municipality"),
        on_delete=models.PROTECT,
        related_name="mutualaid_members",
    )
    group = models.ForeignKey(
        Group,
        verbose_name=_("mutual-aid group"),
        on_delete=models.PROTECT,
        related_name="members",
    )
    role = models.CharField(_("role"), max_length=10, choices=Role)
    joined_on = DateField(_("joined on"))
    left_on = DateField(
        _("left on"),
        null=True,
        blank=True,
        help_text=_("The last day of the membership; empty: member today."),
    )
    search_key = SearchKeyField("number", "name", "kana")

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ("number",)
        constraints = (
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(left_on__gte=F("joined_on")),
                name="member_leaves_after_joining",
                violation_error_code="left_on",
                violation_error_message=_("The end lies before the beginning."),
            ),
        )

    def __str__(self) -> str:
        # The name is personal data: templates show it on purpose, logs never.
        return self.number

    def get_absolute_url(self) -> str:
        """Return the page of this member."""
        return reverse("mutualaid:member_detail", args=[self.pk])

    def active_on(self, on: dt.date) -> bool:
        """Tell whether it is a member on the day `on`, by the rule of the QuerySet."""
        return self.joined_on <= on and (self.left_on is None or self.left_on >= on)


class Request(models.Model):
    """A recipient's wish for help, until an activity or a cancellation ends it."""

    class State(models.TextChoices):
        OPEN = "open", _("Looking for a helper")
        MATCHED = "matched", _("Helper found")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")

    recipient = models.ForeignKey(
        Member,
        verbose_name=_("recipient"),
        on_delete=models.PROTECT,
        related_name="requests",
    )
    wished_on = DateField(_("wished for"))
    service = models.CharField(_("service"), max_length=20, choices=Service)
    text = models.TextField(
        _("what is wished for"),
        blank=True,
        help_text=_("No names and no illness: only what the helper must know."),
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.OPEN, editable=False
    )
    helper = models.ForeignKey(
        Member,
        verbose_name=_("helper"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="offers",
    )

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for help")
        verbose_name_plural = _("requests for help")
        ordering = ("-wished_on", "-pk")
        indexes = (models.Index(fields=["-wished_on", "-id"], name="request_newest"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(helper__isnull=True) | ~Q(helper=F("recipient")),
                name="request_helper_is_not_the_recipient",
                violation_error_code="helper",
                violation_error_message=_("Nobody can be helped by themselves."),
            ),
            models.CheckConstraint(
                condition=~Q(state="matched") | Q(helper__isnull=False),
                name="request_is_matched_with_a_helper",
                violation_error_message=_("A matched request needs a helper."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.wished_on:%Y/%m/%d}"

    def get_absolute_url(self) -> str:
        """Return the page of this request."""
        return reverse("mutualaid:request_detail", args=[self.pk])

    @property
    def is_pending(self) -> bool:
        """Tell whether the activity is still to come; see `RequestQuerySet`."""
        return self.state in (self.State.OPEN, self.State.MATCHED)


class Activity(models.Model):
    """A slip of the ledger: help that was given, with its fee frozen.

    Append-only. A wrong slip is reversed by a second one with the same number and
    negative time and amounts, and recorded anew.
    """

    class Kind(models.TextChoices):
        NORMAL = "normal", _("Slip")
        REVERSAL = "reversal", _("Reversal")

    class Circumstance(models.TextChoices):
        BIRTH = "birth", _("Before and after a birth")
        AGE = "age", _("Old age")
        DISABILITY = "disability", _("Disability")
        ILLNESS = "illness", _("Injury or illness")
        CHILDCARE = "childcare", _("Raising children")
        OTHER = "other", _("Other")

    kind = models.CharField(
        _("kind"), max_length=10, choices=Kind, default=Kind.NORMAL, editable=False
    )
    reverses = models.OneToOneField(
        "self",
        verbose_name=_("reverses"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="reversal",
    )
    reversal_reason = models.CharField(
        _("reason for the reversal"), max_length=200, blank=True, editable=False
    )
    slip_number = models.CharField(
        _("slip number"),
        max_length=30,
        blank=True,
        help_text=_("As printed on the paper slip; empty: numbered automatically."),
    )
    group = models.ForeignKey(
        Group,
        verbose_name=_("mutual-aid group"),
        on_delete=models.PROTECT,
        editable=False,
        related_name="activities",
    )
    recipient = models.ForeignKey(
        Member,
        verbose_name=_("recipient"),
        on_delete=models.PROTECT,
        related_name="received",
    )
    helper = models.ForeignKey(
        Member,
        verbose_name=_("helper"),
        on_delete=models.PROTECT,
        related_name="helped",
    )
    municipality = models.ForeignKey(
        Municipality,
        verbose_name=_("municipality"),
        on_delete=models.PROTECT,
        editable=False,
        related_name="mutualaid_activities",
    )
    request = models.ForeignKey(
        Request,
        verbose_name=_("request for help"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
    )
    done_on = DateField(_("date"))
    fiscal_year = fiscal_year_field("done_on")
    started_at = TimeField(_("start time"), null=True, blank=True)
    ended_at = TimeField(_("end time"), null=True, blank=True)
    duration_minutes = models.IntegerField(_("minutes"))
    circumstance = models.CharField(
        _("circumstance"), max_length=20, choices=Circumstance
    )
    service = models.CharField(_("service"), max_length=20, choices=Service)
    fee_jpy = models.IntegerField(_("fee (yen)"), editable=False)
    helper_jpy = models.IntegerField(_("helper's share (yen)"), editable=False)
    office_jpy = models.IntegerField(_("office's share (yen)"), editable=False)
    travel_jpy = models.IntegerField(_("travel costs (yen)"), editable=False)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ("-done_on", "-pk")
        indexes = (
            models.Index(fields=["-done_on", "-id"], name="activity_newest"),
            models.Index(
                fields=["fiscal_year", "-done_on", "-id"], name="activity_by_year"
            ),
            models.Index(fields=["recipient", "done_on"], name="activity_received"),
            models.Index(fields=["helper", "done_on"], name="activity_helped"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["group", "slip_number"],
                condition=Q(kind="normal"),
                name="activity_slip_is_recorded_once",
                violation_error_code="slip_number",
                violation_error_message=_("This slip is already recorded."),
            ),
            models.CheckConstraint(
                condition=~Q(helper=F("recipient")),
                name="activity_helper_is_not_the_recipient",
                violation_error_code="helper",
                violation_error_message=_("Nobody can be helped by themselves."),
            ),
            models.CheckConstraint(
                condition=Q(fee_jpy=F("helper_jpy") + F("office_jpy")),
                name="activity_shares_make_the_fee",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind="normal",
                    reverses__isnull=True,
                    duration_minutes__gt=0,
                    helper_jpy__gte=0,
                    office_jpy__gte=0,
                    travel_jpy__gte=0,
                )
                | Q(
                    kind="reversal",
                    reverses__isnull=False,
                    duration_minutes__lt=0,
                    helper_jpy__lte=0,
                    office_jpy__lte=0,
                    travel_jpy__lte=0,
                ),
                name="activity_sign_follows_its_kind",
            ),
        )

    def __str__(self) -> str:
        return self.slip_number

    def get_absolute_url(self) -> str:
        """Return the page of this slip."""
        return reverse("mutualaid:activity_detail", args=[self.pk])


auditlog.register(Member, exclude_fields=["name", "kana", "search_key"])
auditlog.register(Request, exclude_fields=["text"])
auditlog.register(Activity)
