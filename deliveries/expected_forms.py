"""Forms of planned deliveries and of days without deliveries."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Workplace
from core import fiscal
from core.forms import DateField, no_invisible_characters

from . import weekdays
from .forms import MemberNumberField, delivery_centres
from .models import DayOff, Plan

LONGEST_BREAK_DAYS = 31
LABELS = {
    "service": _("kind of delivery"),
    "weekdays": _("days of the week"),
    "expected_by": _("expected by"),
    "valid_from": _("planned from"),
    "valid_until": _("planned until"),
}


class WeekdaysField(forms.MultipleChoiceField):
    """Weekdays to tick; the value is their digits in order."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"choices": weekdays.CHOICES, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        """Return the days to tick."""
        return list(value) if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        """Return the digits of the days. Raises ValidationError."""
        return "".join(sorted(set(super().clean(value))))


class WrittenWeekdaysField(forms.CharField):
    """Weekdays as a list writes them; the value is their digits in order."""

    def clean(self, value: Any) -> str:
        """Return the digits of the days. Raises ValidationError."""
        return weekdays.parse(super().clean(value))


class ServiceField(forms.ChoiceField):
    """The kind of a delivery, by its code or its name."""

    NAMES = {
        "宅配": Plan.Service.GROCERIES,
        "食材宅配": Plan.Service.GROCERIES,
        "夕食": Plan.Service.MEALS,
        "夕食宅配": Plan.Service.MEALS,
    }

    def to_python(self, value: Any) -> str:
        """Return the code; unknown text stays, and is refused as a choice."""
        written = super().to_python(value).strip()
        names = {str(label): code for code, label in Plan.Service.choices}
        return str((self.NAMES | names).get(written, written))


class PlanForm(forms.ModelForm):
    """Plans the deliveries to a member, or changes such a plan."""

    member_number = MemberNumberField()
    weekdays = WeekdaysField(label=LABELS["weekdays"])

    class Meta:
        model = Plan
        fields = (
            "member_number",
            "service",
            "weekdays",
            "expected_by",
            "workplace",
            "valid_from",
            "valid_until",
        )
        labels = LABELS
        help_texts = {
            "valid_from": _(
                "From this day on it takes the place of an older plan of the same kind."
            )
        }
        widgets = {"service": forms.RadioSelect}
        error_messages = {
            NON_FIELD_ERRORS: {
                "unique_together": _(
                    "A plan of this kind begins for this member on the same day."
                )
            }
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.fields["valid_from"].initial = fiscal.local_date
        self.fields["service"].choices = Plan.Service.choices
        own = Workplace.objects.filter(pk=self.instance.workplace_id)
        self.fields["workplace"].queryset = delivery_centres() | own


class PlanRowForm(PlanForm):
    """Reads one row of a list; the workplace is given by its name or code."""

    service = ServiceField(choices=Plan.Service.choices)
    weekdays = WrittenWeekdaysField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["workplace"]

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the beginning."""
        data = super().clean()
        first, last = data.get("valid_from"), data.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("The end lies before the beginning."))
        return data

    def _get_validation_exclusions(self) -> set[str]:
        """Ask the database nothing: the import looks all rows up at once."""
        return {field.name for field in Plan._meta.fields}


class PlanEndForm(forms.ModelForm):
    """Ends a plan."""

    valid_until = DateField(
        label=LABELS["valid_until"],
        help_text=_("The last day on which a delivery is expected."),
    )

    class Meta:
        model = Plan
        fields = ("valid_until",)

    def _get_validation_exclusions(self) -> set[str]:
        """Keep `valid_from` in: without it Django skips the rule about both."""
        return super()._get_validation_exclusions() - {"valid_from"}


class PlanImportForm(forms.Form):
    """Asks for a list of planned deliveries as a file."""

    file = forms.FileField(
        label=_("file"),
        help_text=_(
            "Excel or CSV with the columns 組合員番号, 宅配の種類, 曜日, 到着予定時刻 "
            "and 開始日; 事業所 and 終了日 may follow. All rows are taken over, or "
            "none."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
    )
    workplace = forms.ModelChoiceField(
        label=_("workplace"),
        queryset=None,
        help_text=_("For rows that name none."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["workplace"].queryset = delivery_centres()


class DayOffForm(forms.Form):
    """Asks for a day without deliveries, or for several in a row."""

    day = DateField(label=_("day"))
    until = DateField(
        label=_("last day"),
        required=False,
        help_text=_("For several days in a row, such as over the New Year."),
    )
    workplace = forms.ModelChoiceField(
        label=_("workplace"),
        queryset=None,
        required=False,
        empty_label=_("All workplaces"),
    )
    reason = forms.CharField(
        label=_("reason"),
        max_length=100,
        required=False,
        validators=[no_invisible_characters],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["workplace"].queryset = delivery_centres()

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the beginning, and more days than a break has."""
        data = super().clean()
        day, until = data.get("day"), data.get("until")
        if day and until and not 0 <= (until - day).days < LONGEST_BREAK_DAYS:
            message = _(
                "The last day may not lie before the first, nor more than %(days)d "
                "days after it."
            )
            params = {"days": LONGEST_BREAK_DAYS - 1}
            self.add_error("until", ValidationError(message, "range", params))
        return data

    def new_days(self) -> list[DayOff]:
        """Return the days that are not listed yet, not saved; on a valid form."""
        day, workplace = self.cleaned_data["day"], self.cleaned_data["workplace"]
        last = self.cleaned_data["until"] or day
        days = [day + dt.timedelta(days=n) for n in range((last - day).days + 1)]
        known = _listed(workplace).filter(day__in=days).values_list("day", flat=True)
        return [
            DayOff(day=one, workplace=workplace, reason=self.cleaned_data["reason"])
            for one in days
            if one not in set(known)
        ]


def _listed(workplace: Workplace | None) -> QuerySet[DayOff]:
    if workplace is None:
        return DayOff.objects.filter(workplace__isnull=True)
    return DayOff.objects.filter(workplace=workplace)
