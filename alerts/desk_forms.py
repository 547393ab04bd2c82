"""Forms of the work of the desk."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.forms import DateTimeField, no_invisible_characters
from municipalities.models import Desk

from .choices import Method, Outcome
from .forms import refuse_future_time
from .models import IncidentReport
from .services import desks_of


class PassOnForm(forms.Form):
    """Which desk was told, who answered, how and when."""

    desk = forms.ModelChoiceField(
        label=_("Desk"),
        queryset=None,
        required=False,
        empty_label=_("Another desk, not listed"),
    )
    desk_person = forms.CharField(
        label=_("Who answered"), max_length=100, validators=[no_invisible_characters]
    )
    method = forms.ChoiceField(label=_("How"), choices=Method)
    at = DateTimeField(label=_("When"))

    def __init__(
        self, *args: Any, report: IncidentReport, user: User, **kwargs: Any
    ) -> None:
        super().__init__(*args, auto_id="pass_on_%s", **kwargs)
        self.report = report
        desks = desks_of(report.municipality, user)
        keys = [desk.pk for desk in desks]
        self.fields["desk"].queryset = Desk.objects.filter(pk__in=keys)
        if desks:
            self.initial.setdefault("desk", desks[0].pk)

    def clean_at(self) -> dt.datetime:
        """Refuse a time to come, and one before the report was noticed."""
        at = self.cleaned_data["at"]
        refuse_future_time(at)
        if at < self.report.noticed_at:
            raise ValidationError(
                _("It cannot have been passed on before it was noticed.")
            )
        return at


class FollowUpForm(forms.Form):
    """What was heard or done since."""

    at = DateTimeField(label=_("When"))
    text = forms.CharField(
        label=_("What happened"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="follow_up_%s", **kwargs)

    def clean_at(self) -> dt.datetime:
        """Refuse a time to come."""
        refuse_future_time(self.cleaned_data["at"])
        return self.cleaned_data["at"]


class CloseForm(forms.Form):
    """How it ended."""

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[("", "---------")]
        + [choice for choice in Outcome.choices if choice[0] != Outcome.PENDING],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="close_%s", **kwargs)
