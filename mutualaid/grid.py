"""Grid entry: ten paper slips at once, with check totals, all or none."""

from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import CountField

from .forms import ActivityForm
from .models import Activity
from .services import doubled_slip, record_activities

ROWS = 10


class GridError(NamedTuple):
    """One error of the sheet: where it stands, what it says, which field to go to."""

    row: int
    column: str
    message: str
    field_id: str


class SlipForm(ActivityForm):
    """A row of the sheet; the number of the paper slip is needed here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["request"]
        self.fields["slip_number"].required = True
        for field in self.fields.values():
            field.help_text = ""


class BaseSlipFormSet(BaseFormSet):
    """The rows of the sheet; empty ones do not count."""

    def clean(self) -> None:
        """Refuse a slip that stands twice on the sheet."""
        seen = set()
        for form in self.filled:
            slip = (form.instance.group_id, form.cleaned_data.get("slip_number"))
            if all(slip) and slip in seen:
                form.add_error("slip_number", doubled_slip())
            seen.add(slip)

    @property
    def filled(self) -> list[SlipForm]:
        """The rows in which something was entered."""
        return [form for form in self.forms if form.has_changed()]

    def located_errors(self) -> list[GridError]:
        """Return all errors with row and column, from top to bottom."""
        found = []
        for row, form in enumerate(self.forms, start=1):
            for name, errors in form.errors.items():
                field = form[name] if name in form.fields else None
                column = str(field.label) if field else ""
                target = field.id_for_label if field else form["slip_number"].auto_id
                found += [GridError(row, column, error, target) for error in errors]
        return found


SlipFormSet = formset_factory(
    SlipForm, formset=BaseSlipFormSet, extra=ROWS, max_num=ROWS, absolute_max=ROWS
)


class CheckTotalsForm(forms.Form):
    """What the person counted on paper; it must agree with the rows."""

    slips = CountField(label=gettext_lazy("number of slips"))
    minutes = CountField(label=gettext_lazy("sum of the minutes"))

    def compare(self, forms: list[SlipForm]) -> None:
        """Add an error beside each total that the rows do not add up to."""
        entered = {
            "slips": len(forms),
            "minutes": sum(form.instance.duration_minutes for form in forms),
        }
        text = _("The rows make %(entered)d. Compare them with the paper slips.")
        for name, number in entered.items():
            if self.cleaned_data.get(name) not in (None, number):
                self.add_error(name, text % {"entered": number})


def save_sheet(totals: CheckTotalsForm, slips: BaseSlipFormSet) -> list[Activity]:
    """Save every slip of the sheet, or none: empty when there is any error."""
    totals_read, slips_read = totals.is_valid(), slips.is_valid()
    if slips_read:
        totals.compare(slips.filled)
    if slips_read and not slips.filled:
        totals.add_error(None, _("Enter at least one slip."))
    if not (totals_read and slips_read and totals.is_valid()):
        return []
    try:
        return record_activities(activities=[form.instance for form in slips.filled])
    except ValidationError as error:
        totals.add_error(None, error)
        return []
