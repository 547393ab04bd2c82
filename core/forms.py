"""Form fields that read Japanese input, and how every form of the project looks."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.forms.utils import from_current_timezone
from django.utils.translation import gettext_lazy as _

from . import dates, fiscal
from .text import INVISIBLE, parse_count

BOOTSTRAP_CLASSES = {
    "select": "form-select",
    "checkbox": "form-check-input",
    "radio": "form-check-input",
    "hidden": "",
}

LONGEST_KEY = 18

no_invisible_characters = RegexValidator(
    INVISIBLE,
    _("This text holds invisible control characters. Please type it anew."),
    code="invisible",
    inverse_match=True,
)


def no_invisible_characters_in_lines(text: str) -> None:
    """Raise ValidationError like `no_invisible_characters`; lines may break."""
    no_invisible_characters(re.sub(r"[\r\n\t]", "", text))


class StyledBoundField(BoundField):
    """A form field that carries the style sheet's class for its kind of widget."""

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        """Add the class, unless the widget brings its own."""
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        kind = getattr(widget, "input_type", "text")
        if style := BOOTSTRAP_CLASSES.get(kind, "form-control"):
            attrs["class"] = f"{widget.attrs.get('class', '')} {style}".strip()
        return attrs


class FormRenderer(TemplatesSetting):
    """Renders every form field of the project with `components/_field.html`."""

    field_template_name = "components/_field.html"
    bound_field_class = StyledBoundField


class DateField(forms.DateField):
    """A date in any unambiguous Japanese notation; see `core.dates.parse_date`."""

    widget = forms.DateInput(attrs={"autocomplete": "off", "data-date": ""})

    def to_python(self, value: Any) -> dt.date | None:
        """Return the date, None for an empty field."""
        if isinstance(value, str) and value.strip():
            return dates.parse_date(value)
        return super().to_python(value)


class DateTimeField(forms.DateTimeField):
    """A date and time, local in Japan; see `core.dates.parse_datetime`."""

    widget = forms.DateTimeInput(attrs={"autocomplete": "off"})

    def to_python(self, value: Any) -> dt.datetime | None:
        """Return the aware instant, None for an empty field."""
        if isinstance(value, str) and value.strip():
            return from_current_timezone(dates.parse_datetime(value))
        return super().to_python(value)


class TimeField(forms.TimeField):
    """A time of day; see `core.dates.parse_time`."""

    widget = forms.TimeInput(attrs={"autocomplete": "off", "inputmode": "numeric"})

    def to_python(self, value: Any) -> dt.time | None:
        """Return the time, None for an empty field."""
        if isinstance(value, str) and value.strip():
            return dates.parse_time(value)
        return super().to_python(value)


class CountField(forms.IntegerField):
    """A whole number, zero or above, as people type it; see `parse_count`."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def to_python(self, value: Any) -> int | None:
        """Return the number; None for an empty field, which is not zero."""
        if isinstance(value, str):
            return parse_count(value) if value.strip() else None
        return super().to_python(value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Leave out min and max, which belong to number widgets only."""
        return {}


class RowsField(forms.ModelMultipleChoiceField):
    """Several rows to tick; a key that no database holds is refused like a wrong one.

    Django looks all keys up at once, and SQLite fails over one of 19 digits or more.
    """

    def clean(self, value: Any) -> QuerySet:
        """Return the rows. Raises ValidationError for keys of no row."""
        for key in value or ():
            if len(str(key)) > LONGEST_KEY:
                params = {"pk": str(key)[:LONGEST_KEY]}
                message = self.error_messages["invalid_pk_value"]
                raise ValidationError(message, code="invalid_pk_value", params=params)
        return super().clean(value)


class DayForm(forms.Form):
    """Asks for the day as of which something is shown."""

    on = DateField(label=_("Day"))


def show_errors_beside_fields(form: forms.BaseForm) -> None:
    """Move errors about the whole row to the field that their code names.

    A constraint of the database names, as `violation_error_code`, the field by which
    people can put the row right.
    """
    errors = form.errors.get(NON_FIELD_ERRORS)
    for error in list(errors.as_data()) if errors else ():
        if error.code in form.fields:
            errors.data.remove(error)
            form.add_error(error.code, error)
    if errors is not None and not errors:
        del form.errors[NON_FIELD_ERRORS]


def refuse_future(day: dt.date | None) -> None:
    """Raise ValidationError when `day` lies after today in Japan."""
    if day and day > fiscal.local_date():
        raise ValidationError(
            _("This date lies in the future. Enter today or an earlier day."),
            code="future",
        )
