"""IncidentReport: what somebody noticed, and how it ended."""

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
from alerts.choices import (
    HOURS,
    AgeBand,
    Channel,
    Method,
    Outcome,
    PersonKind,
    ReportState,
    Weekday,
)
from alerts.querysets import NUMBER_DIGITS, IncidentReportQuerySet
from core import fiscal
from core.fields import DateTimeField
from core.fiscal import (
    fiscal_year_field,
    local_date_field,
    local_hour_field,
    local_weekday_field,
)
from core.forms import no_invisible_characters
from municipalities.models import (
    DeliveryCourse,
    Desk,
    Municipality,
    phone_validator,
)

from .sign import Sign

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
# What may tell who the person is: revealed by a click, blanked after its time.
PERSONAL = (
    "reporter_name",
    "place",
    "postal_code",
    "person_name",
    "person_kana",
    "person_phone",
    "age_band",
    "narrative",
    "desk_person",
)
NUMBER = re.compile(rf"([0-9]{{4}})-([0-9]{{{NUMBER_DIGITS},}})")


def pk_of_number(written: str) -> int | None:
    """Return the primary key in a receipt number; None when it is no number."""
    found = NUMBER.fullmatch(unicodedata.normalize("NFKC", written).strip())
    return int(found[2]) if found else None


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
    noticed_hour = local_hour_field("noticed_at", choices=HOURS)
    noticed_weekday = local_weekday_field("noticed_at", choices=Weekday.choices)
    municipality = models.ForeignKey(
        Municipality,
        verbose_name=_("municipality"),
        on_delete=models.PROTECT,
        related_name="incident_reports",
    )
    course = models.ForeignKey(
        DeliveryCourse,
        verbose_name=_("delivery course"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
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
    person_kind = models.CharField(
        _("Who is it about?"), max_length=10, choices=PersonKind, blank=True
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
    person_phone = models.CharField(
        _("telephone of the person"),
        max_length=20,
        blank=True,
        validators=[phone_validator],
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
    emergency_called_at = DateTimeField(
        _("time of the call to 119 or 110"), null=True, blank=True
    )
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
    ask_again_at = DateTimeField(
        _("ask again at"),
        null=True,
        blank=True,
        help_text=_("When to ask the desk again how it went."),
    )
    merged_into = models.ForeignKey(
        "self",
        verbose_name=_("continues"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="continuations",
        help_text=_("The first report of the same event; only that one is counted."),
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    erased_at = DateTimeField(
        _("personal data erased at"), null=True, blank=True, editable=False
    )

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
            models.Index(
                fields=["ask_again_at", "id"],
                condition=Q(ask_again_at__isnull=False),
                name="report_to_ask_again",
            ),
            models.Index(
                fields=["municipality", "-noticed_at", "-id"],
                name="report_by_municipality",
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["client_key"], name="report_is_sent_once"),
            models.CheckConstraint(
                condition=Q(reporter__isnull=False)
                | ~Q(reporter_name="")
                | Q(erased_at__isnull=False),
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
            models.CheckConstraint(
                condition=~Q(merged_into=F("pk")),
                name="report_does_not_continue_itself",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(**dict.fromkeys(PERSONAL, "")),
                name="report_erased_holds_nothing_personal",
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


auditlog.register(
    IncidentReport,
    exclude_fields=[*PERSONAL, "version"],
    m2m_fields={"signs"},
)
