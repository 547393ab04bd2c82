"""Forms of reports."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User, Workplace
from core.filters import FIRST_YEAR
from municipalities.fields import MunicipalityField, MunicipalityInput, postal_code

from .choices import Channel
from .models import CHANNEL_OF_WORKPLACE, IncidentReport, Sign

ON_BEHALF = ("workplace", "reporter", "reporter_name")
# Clocks of phones and servers differ a little.
TOLERANCE = dt.timedelta(minutes=5)


def refuse_future_time(at: dt.datetime) -> None:
    """Raise ValidationError when `at` lies after now."""
    if at > timezone.now() + TOLERANCE:
        raise ValidationError(
            _("This time lies in the future. Enter now or an earlier time."),
            code="future",
        )


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
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    channel = forms.ChoiceField(
        label=_("Where did you meet the person?"),
        choices=Channel,
        widget=forms.RadioSelect,
    )
    signs = forms.ModelMultipleChoiceField(
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
            "postal_code",
            "municipality",
            "place",
            "noticed_at",
            "signs",
            "narrative",
            "person_name",
            "person_kana",
            "age_band",
            "has_called_119",
            "has_called_110",
            "has_told_family",
            "has_told_office",
        )
        widgets = {
            "narrative": forms.Textarea(attrs={"rows": 4}),
            "place": forms.TextInput(attrs={"autocomplete": "off"}),
            "person_name": forms.TextInput(attrs={"autocomplete": "off"}),
            "person_kana": forms.TextInput(attrs={"autocomplete": "off"}),
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
        if self.user.has_perm("alerts.handle_incidentreport"):
            people = User.objects.filter(is_active=True)
            self.fields["reporter"].queryset = people.order_by("display_name")
            self.fields["reporter"].help_text = _("Empty: I noticed it myself.")
        else:
            del self.fields["reporter"], self.fields["reporter_name"]
            if self.user.workplace_id:
                del self.fields["workplace"]
        if "workplace" in self.fields:
            self.fields["workplace"].queryset = Workplace.objects.filter(is_active=True)
        if self.instance.pk:
            kept = Sign.objects.filter(is_active=True) | Sign.objects.filter(
                reports=self.instance
            )
            self.fields["signs"].queryset = kept.distinct()

    def clean_noticed_at(self) -> dt.datetime:
        """Refuse a time to come, and one after the report was passed on."""
        noticed_at = self.cleaned_data["noticed_at"]
        refuse_future_time(noticed_at)
        if noticed_at.year < FIRST_YEAR:
            raise ValidationError(_("This lies too far back. Look at the year again."))
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
        """Take the person who types for the one who noticed when none is named."""
        super().clean()
        named = self.cleaned_data.get("reporter") or self.cleaned_data.get(
            "reporter_name"
        )
        if "reporter" in self.fields and not named:
            self.cleaned_data["reporter"] = self.instance.entered_by


class NewReportForm(IncidentReportForm):
    """A report that is sent once: the hidden key is the same for every attempt."""

    municipality = MunicipalityField(
        widget=MunicipalityInput(
            attrs={
                "hx-get": reverse_lazy("alerts:desks"),
                "hx-target": "#desks",
                "hx-trigger": "change",
            }
        ),
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

    def preset(self) -> None:
        """Fill in what is known before anything is typed."""
        workplace = self.user.workplace
        if workplace:
            self.initial.setdefault("channel", CHANNEL_OF_WORKPLACE[workplace.kind])
