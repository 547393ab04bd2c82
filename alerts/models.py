"""Sign, IncidentReport, FollowUp and CaseStory."""

import re
import unicodedata
import uuid

from auditlog.registry import auditlog
from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Workplace
from core import fiscal
from core.access import ScopedQuerySet
from core.fields import CountField, DateTimeField, SearchKeyField
from core.fiscal import fiscal_year_field, local_date_field
from core.forms import no_invisible_characters
from municipalities.models import Desk, Municipality

from .choices import AgeBand, Channel, Method, Outcome, ReportState, StoryState
from .querysets import NUMBER_DIGITS, CaseStoryQuerySet, IncidentReportQuerySet

CHANNEL_OF_WORKPLACE = {
    Workplace.Kind.DELIVERY_CENTRE: Channel.HOME_DELIVERY,
    Workplace.Kind.STORE: Channel.STORE,
    Workplace.Kind.OFFICE: Channel.OTHER,
}
FIRST_ACTIONS = (
    "has_called_119",
    "has_called_110",
    "has_told_family",
    "has_told_office",
)
NUMBER = re.compile(rf"([0-9]{{4}})-([0-9]{{{NUMBER_DIGITS},}})")


def pk_of_number(written: str) -> int | None:
    """Return the primary key in a receipt number; None when it is no number."""
    found = NUMBER.fullmatch(unicodedata.normalize("NFKC", written).strip())
    return int(found[2]) if found else None


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

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign")
        verbose_name_plural = _("signs")
        ordering = ("order", "code")

    def __str__(self) -> str:
        return self.name


class IncidentReport(models.Model):
    """What somebody noticed, whom it was passed on to, and how it ended.

    The person's data is seen on the report's own page only, and every look is logged.
    """

    client_key = models.UUIDField(default=uuid.uuid4, editable=False)
    received_at = DateTimeField(_("received at"), default=timezone.now, editable=False)
    channel = models.CharField(_("channel"), max_length=20, choices=Channel)
    workplace = models.ForeignKey(
        Workplace,
        verbose_name=_("workplace"),
        on_delete=models.PROTECT,
        related_name="incident_reports",
    )
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who noticed it"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="noticed_reports",
    )
    reporter_name = models.CharField(
        _("name of who noticed it"),
        max_length=100,
        blank=True,
        validators=[no_invisible_characters],
        help_text=_("When that person has no account here."),
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("entered by"),
        on_delete=models.PROTECT,
        related_name="entered_reports",
    )
    noticed_at = DateTimeField(_("noticed at"))
    noticed_on = local_date_field("noticed_at")
    fiscal_year = fiscal_year_field("noticed_at")
    municipality = models.ForeignKey(
        Municipality,
        verbose_name=_("municipality"),
        on_delete=models.PROTECT,
        related_name="incident_reports",
    )
    place = models.CharField(
        _("place"),
        max_length=200,
        blank=True,
        validators=[no_invisible_characters],
        help_text=_("Address or landmark, as far as you know it."),
    )
    postal_code = models.CharField(
        _("postal code"),
        max_length=7,
        blank=True,
        validators=[RegexValidator(r"\A[0-9]{7}\Z")],
    )
    person_name = models.CharField(
        _("name of the person"),
        max_length=100,
        blank=True,
        validators=[no_invisible_characters],
    )
    person_kana = models.CharField(
        _("reading of the name"),
        max_length=100,
        blank=True,
        validators=[no_invisible_characters],
    )
    age_band = models.CharField(_("age"), max_length=10, choices=AgeBand, blank=True)
    signs = models.ManyToManyField(
        Sign, verbose_name=_("what you noticed"), related_name="reports"
    )
    narrative = models.TextField(
        _("in your own words"),
        blank=True,
        max_length=4000,
        help_text=_("What you saw and heard; facts before guesses."),
    )
    has_called_119 = models.BooleanField(_("Called 119"), default=False)
    has_called_110 = models.BooleanField(_("Called 110"), default=False)
    has_told_family = models.BooleanField(_("Told the family"), default=False)
    has_told_office = models.BooleanField(_("Told the office"), default=False)
    state = models.CharField(
        _("state"), max_length=10, choices=ReportState, default=ReportState.RECEIVED
    )
    desk = models.ForeignKey(
        Desk,
        verbose_name=_("desk"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="incident_reports",
    )
    desk_person = models.CharField(
        _("who answered"),
        max_length=100,
        blank=True,
        validators=[no_invisible_characters],
    )
    passed_on_method = models.CharField(
        _("how it was passed on"), max_length=10, choices=Method, blank=True
    )
    passed_on_at = DateTimeField(_("passed on at"), null=True, blank=True)
    passed_on_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("passed on by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="passed_on_reports",
    )
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=Outcome, default=Outcome.PENDING
    )
    closed_at = DateTimeField(_("closed at"), null=True, blank=True)

    objects = IncidentReportQuerySet.as_manager()
    workplace_path = "workplace"

    class Meta:
        verbose_name = _("incident report")
        verbose_name_plural = _("incident reports")
        ordering = ("-noticed_at", "-pk")
        permissions = (
            ("view_all_incidentreport", "Can view the reports of all workplaces"),
            ("handle_incidentreport", "Can pass on, follow up and close reports"),
        )
        indexes = (
            models.Index(fields=["-noticed_at", "-id"], name="report_newest"),
            models.Index(
                fields=["fiscal_year", "-noticed_at", "-id"], name="report_by_year"
            ),
            models.Index(
                fields=["workplace", "-noticed_at", "-id"], name="report_by_workplace"
            ),
            models.Index(
                fields=["-noticed_at", "-id"],
                condition=Q(state="received"),
                name="report_waiting",
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["client_key"], name="report_is_sent_once"),
            models.CheckConstraint(
                condition=Q(reporter__isnull=False) | ~Q(reporter_name=""),
                name="report_names_who_noticed",
                violation_error_message=_("Enter who noticed it."),
            ),
            models.CheckConstraint(
                condition=~Q(state="received") | Q(passed_on_at__isnull=True),
                name="report_received_is_not_passed_on",
            ),
            models.CheckConstraint(
                condition=~Q(state="passed_on") | Q(passed_on_at__isnull=False),
                name="report_passed_on_has_a_time",
                violation_error_message=_("Enter when it was passed on."),
            ),
            models.CheckConstraint(
                condition=Q(passed_on_at__isnull=True)
                | Q(passed_on_at__gte=F("noticed_at")),
                name="report_passed_on_after_noticing",
                violation_error_message=_(
                    "It cannot have been passed on before it was noticed."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                & ~Q(outcome="pending")
                | ~Q(state="closed") & Q(closed_at__isnull=True, outcome="pending"),
                name="report_closed_has_an_outcome",
                violation_error_message=_("A report is closed with its outcome."),
            ),
        )

    def __str__(self) -> str:
        return self.receipt_number if self.pk else "–"

    def get_absolute_url(self) -> str:
        """Return the page of this report."""
        return reverse("alerts:report_detail", args=[self.pk])

    @property
    def receipt_number(self) -> str:
        """The number the person gets: fiscal year of receipt, and a running number.

        It never changes, not even when the time of noticing is corrected.
        """
        year = fiscal.fiscal_year_of(fiscal.local_date(self.received_at))
        return f"{year}-{self.pk:0{NUMBER_DIGITS}}"

    @property
    def first_actions(self) -> list[str]:
        """The labels of what was done at once; empty when nothing was."""
        return [
            str(self._meta.get_field(name).verbose_name)
            for name in FIRST_ACTIONS
            if getattr(self, name)
        ]


class FollowUp(models.Model):
    """What was heard or done after a report was received."""

    report = models.ForeignKey(
        IncidentReport,
        verbose_name=_("incident report"),
        on_delete=models.CASCADE,
        related_name="follow_ups",
    )
    at = DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    text = models.TextField(_("what happened"), max_length=2000)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{timezone.localtime(self.at):%Y/%m/%d %H:%M}"


class CaseStory(models.Model):
    """A report told so that nobody can be recognised; a second person approves it."""

    report = models.ForeignKey(
        IncidentReport,
        verbose_name=_("incident report"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="stories",
    )
    title = models.CharField(_("title"), max_length=100)
    text = models.TextField(
        _("text"),
        max_length=2000,
        help_text=_(
            "No names, no addresses, no dates: nobody may be recognised by it."
        ),
    )
    age_band = models.CharField(_("age"), max_length=10, choices=AgeBand, blank=True)
    area = models.CharField(
        _("area"),
        max_length=50,
        help_text=_("Roughly, such as 千葉県北部; no municipality."),
    )
    state = models.CharField(
        _("state"), max_length=10, choices=StoryState, default=StoryState.DRAFT
    )
    written_at = DateTimeField(_("written at"), default=timezone.now, editable=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    approved_at = DateTimeField(_("approved at"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("approved by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    search_key = SearchKeyField("title", "text", "area")

    objects = CaseStoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("case story")
        verbose_name_plural = _("case stories")
        ordering = ("-written_at", "-pk")
        permissions = (("approve_casestory", "Can approve and withdraw case stories"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("written_by")),
                name="story_is_approved_by_another",
                violation_error_message=_(
                    "Another person than the writer must approve."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="story_approved_names_who_and_when",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the page of this story."""
        return reverse("alerts:story_detail", args=[self.pk])


PERSONAL = (
    "reporter_name",
    "place",
    "postal_code",
    "person_name",
    "person_kana",
    "age_band",
    "narrative",
    "desk_person",
)
auditlog.register(Sign)
auditlog.register(IncidentReport, exclude_fields=PERSONAL, m2m_fields={"signs"})
auditlog.register(FollowUp, exclude_fields=["text"])
auditlog.register(CaseStory, exclude_fields=["text", "age_band", "area", "search_key"])
