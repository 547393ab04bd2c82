"""Forms of the work of the desk.

Each that changes a report carries the version that the person saw; `recorded()` tells
what the report holds now, for when somebody else was faster.
"""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import fiscal
from core.forms import DateField, DateTimeField, no_invisible_characters
from municipalities.models import Desk

from .choices import Method, Outcome
from .forms import IncidentReportForm, refuse_future_time
from .handling import ask_again_day
from .models import IncidentReport
from .services import desks_of


def _version_field() -> forms.IntegerField:
    # Without it the form counts as one that somebody else was faster than.
    return forms.IntegerField(widget=forms.HiddenInput, required=False)


def _words_field() -> forms.CharField:
    return forms.CharField(
        label=_("In words"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )


class DeskForm(forms.Form):
    """A form about `report`, filled in by `user`."""

    id_prefix = ""

    def __init__(
        self, *args: Any, report: IncidentReport, user: User, **kwargs: Any
    ) -> None:
        super().__init__(*args, auto_id=f"{self.id_prefix}_%s", **kwargs)
        self.report, self.user = report, user
        if "version" in self.fields:
            self.initial["version"] = report.version

    def clean_version(self) -> int:
        """Return the version the person saw; 0 when the form does not say."""
        return self.cleaned_data["version"] or 0

    def recorded(self) -> dict[str, Any]:
        """Return what the report holds now, by field; missing where it has no such."""
        return {}


def _limit_desks(field: forms.Field, report: IncidentReport, user: User) -> list[Desk]:
    """Offer the desks of the place, and the one already told, whatever became of it."""
    desks = desks_of(report.municipality, user)
    keys = {desk.pk for desk in desks} | {report.desk_id}
    field.queryset = Desk.objects.filter(pk__in=keys - {None})
    return desks


class PassOnForm(DeskForm):
    """Which desk was told, who answered, how and when."""

    id_prefix = "pass_on"
    version = _version_field()
    desk = forms.ModelChoiceField(
        label=_("Desk"),
        queryset=None,
        required=False,
        empty_label=_("Another desk, not listed"),
    )
    desk_person = forms.CharField(
        label=_("Who answered"),
        max_length=100,
        validators=[no_invisible_characters],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    method = forms.ChoiceField(label=_("How"), choices=Method)
    at = DateTimeField(label=_("When"))
    ask_again_on = DateField(
        label=_("Ask again on"),
        required=False,
        help_text=_("When the queue reminds of asking the desk how it went."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        desks = _limit_desks(self.fields["desk"], self.report, self.user)
        if self.report.passed_on_at is not None:
            del self.fields["ask_again_on"]
            self.initial = self.recorded() | self.initial
            return
        now = timezone.now()
        self.initial |= {"at": now, "ask_again_on": ask_again_day(now)}
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

    def clean_ask_again_on(self) -> dt.date | None:
        """Refuse a day that has passed."""
        return _day_to_come(self.cleaned_data["ask_again_on"])

    def recorded(self) -> dict[str, Any]:
        """Return what the report holds of a desk that was told."""
        report = self.report
        if report.passed_on_at is None:
            return {}
        return {
            "desk": report.desk,
            "desk_person": report.desk_person,
            "method": report.passed_on_method,
            "at": report.passed_on_at,
        }


class FollowUpForm(DeskForm):
    """What was heard or done since, and whether another desk was told."""

    id_prefix = "follow_up"
    at = DateTimeField(label=_("When"))
    text = forms.CharField(
        label=_("What happened"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    desk = forms.ModelChoiceField(
        label=_("Another desk that was told"),
        queryset=None,
        required=False,
        empty_label=_("None"),
    )
    desk_person = forms.CharField(
        label=_("Who answered"),
        max_length=100,
        required=False,
        validators=[no_invisible_characters],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    method = forms.ChoiceField(
        label=_("How"), choices=[("", _("Not told")), *Method.choices], required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["at"] = timezone.now()
        _limit_desks(self.fields["desk"], self.report, self.user)

    def clean_at(self) -> dt.datetime:
        """Refuse a time to come."""
        refuse_future_time(self.cleaned_data["at"])
        return self.cleaned_data["at"]

    def clean(self) -> dict[str, Any]:
        """Ask for words, unless another desk was told."""
        data = super().clean() or self.cleaned_data
        told = data.get("desk") or data.get("desk_person")
        if not data.get("text") and not told and "text" not in self.errors:
            self.add_error("text", _("Write what happened, or which desk was told."))
        return data


class CloseForm(DeskForm):
    """How it ended; of a closed report, what is known by now."""

    id_prefix = "close"
    version = _version_field()
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[
            ("", _("Choose")),
            *(choice for choice in Outcome.choices if choice[0] != Outcome.PENDING),
        ],
    )
    text = _words_field()

    def recorded(self) -> dict[str, Any]:
        """Return the outcome, once there is one."""
        if self.report.outcome == Outcome.PENDING:
            return {}
        return {"outcome": self.report.outcome}


class AskAgainForm(DeskForm):
    """Still unknown: when to ask again."""

    id_prefix = "ask_again"
    version = _version_field()
    ask_again_on = DateField(label=_("Ask again on"))
    text = _words_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["ask_again_on"] = ask_again_day(timezone.now())

    def clean_ask_again_on(self) -> dt.date | None:
        """Refuse a day that has passed."""
        return _day_to_come(self.cleaned_data["ask_again_on"])

    def recorded(self) -> dict[str, Any]:
        """Return the day on which the desk is to be asked again."""
        at = self.report.ask_again_at
        return {} if at is None else {"ask_again_on": fiscal.local_date(at)}


def _day_to_come(day: dt.date | None) -> dt.date | None:
    if day is not None and day <= fiscal.local_date():
        raise ValidationError(_("Enter a day after today."))
    return day


class CorrectionForm(IncidentReportForm):
    """A report that is corrected; the form also carries what was shown at first.

    So it can be told afterwards what the person changed, and what somebody else did.
    """

    version = _version_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = True
        self.fields["version"].show_hidden_initial = False
        self.initial["version"] = self.instance.version
        self.report = self.instance

    def clean_version(self) -> int:
        """Return the version the person saw; 0 when the form does not say."""
        return self.cleaned_data["version"] or 0

    def recorded(self) -> dict[str, Any]:
        """Return what the report holds now, by field."""
        names = [name for name in self.fields if name != "version"]
        held = {name: getattr(self.instance, name) for name in names if name != "signs"}
        return held | {"signs": self.instance.signs.all()}
