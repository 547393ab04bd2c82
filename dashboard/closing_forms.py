"""Forms of the closing of a year: close, reopen, and remarks beside figures."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.forms import no_invisible_characters_in_lines
from core.programs import installed_programs

from .imports import parse_amount, parse_breakdown
from .indicators import Indicator, Ratio, registry
from .models import Remark


class CloseForm(forms.Form):
    """The manager has seen what the checks found."""

    confirmed = forms.BooleanField(
        label=_("I have looked at what the checks found."),
        required=False,
        error_messages={"required": _("Look at what was found, then tick the box.")},
    )

    def __init__(self, *args: Any, has_findings: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_findings:
            self.fields["confirmed"].required = True
        else:
            del self.fields["confirmed"]


class ReopenForm(forms.Form):
    """Why a closed year is opened again."""

    reason = forms.CharField(
        label=_("reason for reopening"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[no_invisible_characters_in_lines],
        help_text=_("It stays beside the figures for good. No personal data."),
        error_messages={"required": _("Write why the year has to be reopened.")},
    )
    confirmed = forms.BooleanField(
        label=_("The published figures may change; both values stay visible."),
        error_messages={"required": _("Tick the box to reopen the year.")},
    )


class RemarkForm(forms.ModelForm):
    """A note, a break in the series or a correction beside a figure."""

    indicator = forms.ChoiceField(label=_("Figure"))
    breakdown = forms.CharField(
        label=_("Part"),
        required=False,
        max_length=100,
        help_text=_("Empty: the whole. A part is written like channel=store."),
    )
    amount = forms.CharField(
        label=_("right value"),
        required=False,
        max_length=50,
        help_text=_("Only for a correction; a ratio with its parts, such as 71/170."),
    )

    class Meta:
        model = Remark
        fields = ("indicator", "breakdown", "kind", "text", "amount", "source")
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicator"].choices = [
            (
                program.verbose_name,
                [(i.key, i.label) for i in registry if i.app_label == program.label],
            )
            for program in installed_programs()
        ]
        for name in ("text", "source"):
            self.fields[name].validators.append(no_invisible_characters_in_lines)

    def clean(self) -> dict[str, Any]:
        """Read part and value by the rules of the figure they belong to."""
        cleaned = super().clean()
        if not (indicator := registry.get(cleaned.get("indicator", ""))):
            return cleaned
        try:
            parse_breakdown(cleaned.get("breakdown", ""), indicator)
        except ValidationError as error:
            self.add_error("breakdown", error)
        if not (amount := cleaned.get("amount")):
            return cleaned
        if cleaned.get("kind") != Remark.Kind.CORRECTION:
            why = _("Only a correction says which value is right.")
            self.add_error("amount", why)
            return cleaned
        try:
            self._keep(parse_amount(amount, indicator), indicator)
        except ValidationError as error:
            self.add_error("amount", error)
        return cleaned

    def _keep(self, amount: Any, indicator: Indicator) -> None:
        row = self.instance
        if isinstance(indicator, Ratio):
            row.numerator, row.denominator = amount
            return
        # What is shown without decimals is counted, unless it is divided (hours).
        if amount % 1 and not indicator.decimals and getattr(indicator, "per", 1) == 1:
            raise ValidationError(_("This figure is counted: enter a whole number."))
        row.value = Decimal(amount)
