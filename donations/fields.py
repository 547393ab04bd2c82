"""The form fields that ask for a school and for a postal code."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from core.text import fold
from municipalities.fields import match as match_municipality
from municipalities.fields import postal_code
from municipalities.models import Municipality

from .models import School

LIMIT = 6


class SchoolInput(forms.TextInput):
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
        context["suggest_url"] = reverse_lazy("donations:school_suggest")
        return context


class SchoolField(forms.Field):
    """One school by its name, after its municipality where several have that name.

    Costs one query to read a name, two more to read it with its municipality, and one
    to show a stored value.
    """

    widget = SchoolInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("school"))
        kwargs.setdefault(
            "help_text", _("Name, or municipality and name; type to search.")
        )
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show municipality and name for a stored primary key or row."""
        if isinstance(value, int):
            schools = School.objects.select_related("municipality")
            value = schools.filter(pk=value).first()
        return caption(value) if isinstance(value, School) else value

    def to_python(self, value: Any) -> School | None:
        """Return the school, None for an empty field."""
        if isinstance(value, School):
            return value
        written = str(value or "").strip()
        if not written:
            return None
        found = list(match(School.objects.select_related("municipality"), written))
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(
                _("There is no school “%(value)s”. Enter its full name, or record it."),
                code="unknown",
                params={"value": written[:50]},
            )
        raise ValidationError(
            _("Several schools have this name. Enter one of: %(names)s."),
            code="ambiguous",
            params={"names": "、".join(map(caption, found[:LIMIT]))},
        )

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what is shown with what came back."""
        return str(self.prepare_value(initial) or "") != str(data or "")


class PostalCodeField(forms.CharField):
    """A postal code however it is written; it is stored like 260-0000."""

    def to_python(self, value: Any) -> str:
        """Return seven digits with a hyphen; other text as it is, to be refused."""
        return plain_postal_code(super().to_python(value))


def plain_postal_code(written: str) -> str:
    """Return `〒２６００００１` as `260-0001`; what is no postal code unchanged."""
    digits = postal_code(written)
    return f"{digits[:3]}-{digits[3:]}" if digits else written


def caption(school: School) -> str:
    """Return municipality and name, which the field shows and reads."""
    return f"{school.municipality} {school.name}"


def match(queryset: QuerySet, written: str) -> QuerySet:
    """Return the schools with the name `written`, or of a municipality before it.

    Width, kana, case and blanks make no difference.
    """
    found = _named(queryset, written)
    place, blank, name = written.partition(" ")
    if not blank or found.exists():
        return found
    places = match_municipality(Municipality.objects.order_by(), place)
    return _named(queryset.filter(municipality__in=places), name)


def _named(queryset: QuerySet, name: str) -> QuerySet:
    key = fold(name)
    if not key:
        return queryset.none()
    # The search key begins with the name, a blank before what follows.
    return queryset.filter(Q(search_key=key) | Q(search_key__startswith=f"{key} "))
