"""The form field with which every form asks for a municipality."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from core.text import fold

from .models import Municipality


class MunicipalityInput(forms.TextInput):
    """A text input with suggestions from the server; plain text without JavaScript."""

    template_name = "municipalities/municipality_input.html"

    def get_context(
        self, name: str, value: Any, attrs: dict[str, Any] | None
    ) -> dict[str, Any]:
        """Add the identifier of the list of suggestions and where they come from."""
        context = super().get_context(name, value, attrs)
        list_id = f"{context['widget']['attrs'].get('id', name)}_list"
        context["widget"]["attrs"] |= {"list": list_id, "autocomplete": "off"}
        context["list_id"] = list_id
        context["suggest_url"] = reverse_lazy("municipalities:suggest")
        return context


class MunicipalityField(forms.Field):
    """One municipality, by code or by name with or without its prefecture.

    Not a select: 1,741 options are slow on a phone. An ambiguous name (府中市) is
    refused with the full names to choose from. `queryset` may be narrowed by a form.
    Costs one query to read, one to show a stored value.
    """

    widget = MunicipalityInput

    def __init__(self, *, queryset: QuerySet | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Municipality"))
        kwargs.setdefault(
            "help_text", _("Name or code, such as 千葉市 or 121002; type to search.")
        )
        super().__init__(**kwargs)
        self.queryset = queryset if queryset is not None else Municipality.objects.all()

    def prepare_value(self, value: Any) -> Any:
        """Show the full name for a stored primary key or row."""
        if isinstance(value, int):
            value = self.queryset.filter(pk=value).first()
        return str(value) if isinstance(value, Municipality) else value

    def to_python(self, value: Any) -> Municipality | None:
        """Return the municipality, None for an empty field."""
        if value in self.empty_values or isinstance(value, Municipality):
            return value or None
        written = str(value).strip()
        found = list(match(self.queryset, written)[:6])
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(
                _(
                    "There is no municipality “%(value)s”. Enter its name or its "
                    "six-digit code."
                ),
                code="unknown",
                params={"value": written},
            )
        raise ValidationError(
            _("Several municipalities have this name. Enter one of: %(names)s."),
            code="ambiguous",
            params={"names": "、".join(map(str, found))},
        )

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what is shown with what came back."""
        return str(self.prepare_value(initial) or "") != str(data or "")


def match(queryset: QuerySet, written: str) -> QuerySet:
    """Return the municipalities that `written` names exactly: code, name or full name.

    Width, kana and ヶ/ケ make no difference. Source of the full name: `str()`.
    """
    key = fold(written)
    # The search key is prefecture, name, reading and code, one blank between them.
    for prefecture in PREFECTURE_SUFFIXES:
        head, suffix, tail = key.partition(prefecture)
        if suffix and tail:
            full = Q(search_key__startswith=f"{head}{suffix} {tail} ")
            if (found := queryset.filter(full)).exists():
                return found
    return queryset.filter(Q(code=key) | Q(search_key__contains=f" {key} "))


PREFECTURE_SUFFIXES = ("都", "道", "府", "県")
