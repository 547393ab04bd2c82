"""Forms about similar reports: what is known so far, and what an officer decides."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.forms import DateTimeField
from municipalities.fields import MunicipalityField, postal_code

from .models import IncidentReport, pk_of_number


class ClueForm(forms.Form):
    """What the report form says so far; what cannot be read yet counts as empty."""

    municipality = MunicipalityField(required=False)
    noticed_at = DateTimeField(required=False)
    postal_code = forms.CharField(required=False, max_length=20)
    place = forms.CharField(required=False, max_length=200)
    person_name = forms.CharField(required=False, max_length=100)
    person_kana = forms.CharField(required=False, max_length=100)

    def clean_postal_code(self) -> str:
        """Return seven digits; empty when it is no postal code."""
        return postal_code(self.cleaned_data["postal_code"])

    def clues(self) -> dict[str, Any]:
        """Return what could be read, by the names that `similar_to` takes."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}


class OtherForm(forms.Form):
    """The other report, by its receipt number."""

    other = forms.CharField(label=_("Receipt number"), max_length=30)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=False, **kwargs)
        self.user = user

    def clean_other(self) -> IncidentReport:
        """Return the report, if there is one that the person may see."""
        pk = pk_of_number(self.cleaned_data["other"])
        reports = IncidentReport.objects.visible_to(self.user)
        if not (pk and (found := reports.filter(pk=pk).first())):
            raise ValidationError(
                _("There is no report with this number."), code="unknown"
            )
        return found


class MergeForm(OtherForm):
    """Which report it continues; `version` is the one that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class TakeBackForm(OtherForm):
    """Why two reports are not told apart any more."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class SeparateForm(forms.Form):
    """Why a merged report stands for itself again."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
    version = forms.IntegerField(widget=forms.HiddenInput)
