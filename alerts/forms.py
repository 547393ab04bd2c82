"""Forms of reports."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User, Workplace
from core.filters import FIRST_YEAR
from core.forms import RowsField
from municipalities.fields import MunicipalityField, MunicipalityInput, postal_code
from municipalities.models import DeliveryCourse

from .choices import AgeBand, Channel, PersonKind
from .models import CHANNEL_OF_WORKPLACE, IncidentReport, Sign

ON_BEHALF = ("workplace", "reporter", "reporter_name")
NO_SUGGESTIONS = {"autocomplete": "off"}
DIGITS = {"inputmode": "numeric", "autocomplete": "off"}
PHONE = {"inputmode": "tel", "autocomplete": "off"}
# Clocks of phones and servers differ a little.
TOLERANCE = dt.timedelta(minutes=5)


def refuse_future_time(at: dt.datetime) -> None:
    """Raise ValidationError when `at` lies after now."""
    if at > timezone.now() + TOLERANCE:
        raise ValidationError(
            _("This time lies in the future. Enter now or an earlier time."),
            code="future",
        )


def refuse_time_long_ago(at: dt.datetime) -> None:
    """Raise ValidationError when `at` lies before all records: a slip in the year."""
    if at.year < FIRST_YEAR:
        raise ValidationError(_("This lies too far back. Look at the year again."))


class IncidentReportForm(forms.ModelForm):
    """What somebody noticed. Officers may record it on behalf of another person.

    `user` is who types. Everything about the person concerned is optional.
    """

    municipality = MunicipalityField(
        help_text=_("Name, such as 船橋市; type to search.")
    )
    postal_code = forms.CharField(
        label=_("Postal code"),
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs=DIGITS),
    )
    person_kind = forms.ChoiceField(
        label=_("Who is it about?"),
        choices=PersonKind,
        required=False,
        widget=forms.RadioSelect,
    )
    age_band = forms.ChoiceField(
        label=_("age"),
        choices=[("", _("I do not know")), *AgeBand.choices],
        required=False,
    )
    channel = forms.ChoiceField(
        label=_("Where did you meet the person?"),
        choices=Channel,
        widget=forms.RadioSelect,
    )
    signs = RowsField(
        label=_("What did you notice?"),
        queryset=Sign.objects.filter(is_active=True),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick all that apply."),
        error_messages={"required": _("Tick at least one line; “other” will do.")},
    )

    class Meta:
        model = IncidentReport
        fields = (
            "channel",
            "workplace",
            "reporter",
            "reporter_name",
            "person_kind",
            "course",
            "postal_code",
            "municipality",
            "place",
            "noticed_at",
            "signs",
            "narrative",
            "person_name",
            "person_kana",
            "person_phone",
            "age_band",
            "has_called_119",
            "has_called_110",
            "emergency_called_at",
            "has_told_family",
            "has_told_office",
        )
        widgets = {
            "narrative": forms.Textarea(attrs={"rows": 4, **NO_SUGGESTIONS}),
            "place": forms.TextInput(attrs=NO_SUGGESTIONS),
            "reporter_name": forms.TextInput(attrs=NO_SUGGESTIONS),
            "person_name": forms.TextInput(attrs=NO_SUGGESTIONS),
            "person_kana": forms.TextInput(attrs=NO_SUGGESTIONS),
            "person_phone": forms.TextInput(attrs=PHONE),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        report = self.instance
        if report._state.adding:
            report.entered_by, report.workplace = user, user.workplace
            report.reporter = user
            self.initial.setdefault("workplace", user.workplace_id)
        self._limit_choices()

    def _limit_choices(self) -> None:
        fields = self.fields
        if self.user.has_perm("alerts.handle_incidentreport"):
            people = User.objects.filter(is_active=True)
            fields["reporter"].queryset = people.order_by("display_name")
            fields["reporter"].empty_label = _("I noticed it myself")
        else:
            del fields["reporter"], fields["reporter_name"]
            if self.user.workplace_id:
                del fields["workplace"]
        if "workplace" in fields:
            fields["workplace"].queryset = Workplace.objects.filter(is_active=True)
            fields["workplace"].empty_label = _("Choose a workplace")
        if self.instance.pk:
            kept = Sign.objects.filter(is_active=True) | Sign.objects.filter(
                reports=self.instance
            )
            fields["signs"].queryset = kept.distinct()
        self._limit_courses()

    def _limit_courses(self) -> None:
        courses = DeliveryCourse.objects.filter(
            workplace=self.instance.workplace_id, is_active=True
        )
        if self.instance.course_id:
            courses |= DeliveryCourse.objects.filter(pk=self.instance.course_id)
        self.fields["course"].queryset = courses
        self.fields["course"].empty_label = _("None, or I do not know")

    def clean_noticed_at(self) -> dt.datetime:
        """Refuse a time to come, and one after the report was passed on."""
        noticed_at = self.cleaned_data["noticed_at"]
        refuse_future_time(noticed_at)
        refuse_time_long_ago(noticed_at)
        passed_on_at = self.instance.passed_on_at
        if passed_on_at and noticed_at > passed_on_at:
            raise ValidationError(
                _("It cannot have been passed on before it was noticed.")
            )
        return noticed_at

    def clean_postal_code(self) -> str:
        """Return seven digits, however they were written; empty without."""
        written = self.cleaned_data["postal_code"].strip()
        if not written:
            return ""
        if not (code := postal_code(written)):
            raise ValidationError(_("Enter seven digits, such as 273-0000."))
        return code

    def clean(self) -> None:
        """Take the person who types for the one who noticed when none is named.

        The time of a call to 119 or 110 is kept only with the tick that there was one.
        """
        super().clean()
        data = self.cleaned_data
        named = data.get("reporter") or data.get("reporter_name")
        if "reporter" in self.fields and not named:
            data["reporter"] = self.instance.entered_by
        self._clean_call()
        course = data.get("course")
        workplace_id = self.instance.workplace_id
        if "workplace" in self.fields and data.get("workplace"):
            workplace_id = data["workplace"].pk
        if course and course.workplace_id != workplace_id:
            self.add_error("course", _("This course belongs to another workplace."))

    def _clean_call(self) -> None:
        data = self.cleaned_data
        called_at = data.get("emergency_called_at")
        if not (data.get("has_called_119") or data.get("has_called_110")):
            data["emergency_called_at"] = None
        elif called_at:
            try:
                refuse_future_time(called_at)
                refuse_time_long_ago(called_at)
            except ValidationError as error:
                self.add_error("emergency_called_at", error)


def looks_up(wish: str, target: str) -> dict[str, Any]:
    """Return the attributes of an input whose change asks the server for something."""
    return {
        "hx-post": reverse_lazy("alerts:report_create"),
        "hx-vals": f'{{"lookup": "{wish}"}}',
        "hx-target": target,
        "hx-trigger": "change",
    }


class NewReportForm(IncidentReportForm):
    """A report that is sent once: the hidden key is the same for every attempt."""

    municipality = MunicipalityField(
        widget=MunicipalityInput(attrs=looks_up("desks", "#desks")),
        help_text=_("Name, such as 船橋市; type to search."),
    )
    client_key = forms.UUIDField(
        widget=forms.HiddenInput,
        label=_("This form"),
        error_messages={
            "required": _("This form is incomplete. Open it anew from the start page."),
            "invalid": _("This form is incomplete. Open it anew from the start page."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person_kind"].widget.attrs |= looks_up("desks", "#desks")
        self.fields["course"].widget.attrs |= looks_up("course", "#found")
        if not self.fields["course"].queryset.exists():
            del self.fields["course"]

    def preset(self) -> None:
        """Fill in what is known before anything is typed."""
        workplace = self.user.workplace
        if workplace:
            self.initial.setdefault("channel", CHANNEL_OF_WORKPLACE[workplace.kind])

    def type_in(self, typed: QueryDict) -> None:
        """Show what was typed, in an unbound form, so that it shows no errors yet."""
        for name, field in self.fields.items():
            self.initial[name] = field.widget.value_from_datadict(typed, {}, name)
