"""The form field with which every form asks for a municipality."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from core.text import fold

from .models import Municipality
from .prefectures import PREFECTURES


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
    """One municipality, by name, with or without its prefecture, code or postal code.

    Not a select: 1,741 options are slow on a phone. The beginning of a name is enough
    when only one has it (市川三); what several share (府中市), or what may mean a whole
    prefecture (千葉), is refused with the full names to choose from. `queryset` may be
    narrowed by a form. Costs one query to read a name or code in full, a few
    otherwise, and one to show a stored value.
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
        found = list(match(self.queryset, written)[:LIMIT])
        is_exact = bool(found)
        if not found:
            found = list(match_beginning(self.queryset, written)[:LIMIT])
        if len(found) == 1 and (is_exact or not _is_prefecture(written)):
            return found[0]
        raise _refusal(written, found, is_exact=is_exact)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what is shown with what came back."""
        return str(self.prepare_value(initial) or "") != str(data or "")


def _refusal(
    written: str, found: list[Municipality], *, is_exact: bool
) -> ValidationError:
    """Return the error that names what may have been meant."""
    params = {"value": written[:50], "names": "、".join(map(str, found))}
    if postal_code(written):
        message = _("This postal code is not known. Enter the name.")
        if found:
            message = _("This postal code spans several. Enter one of: %(names)s.")
    elif not found:
        message = _(
            "There is no municipality “%(value)s”. Enter its name or its "
            "six-digit code."
        )
    elif is_exact:
        message = _("Several municipalities have this name. Enter one of: %(names)s.")
    else:
        message = _("“%(value)s” is not a full name. Did you mean: %(names)s?")
    code = "ambiguous" if found else "unknown"
    return ValidationError(message, code=code, params=params)


def match(queryset: QuerySet, written: str) -> QuerySet:
    """Return the municipalities that `written` names exactly: code, name or full name.

    Width, kana and ヶ/ケ/が make no difference. Source of the full name: `str()`. A
    postal code gives every municipality it lies in.
    """
    if code := postal_code(written):
        return queryset.filter(postal_codes__code=code)
    key = fold(written)
    if not key:
        return queryset.none()
    named = Q(code=key)
    for name in _spellings(key):
        # The search key is prefecture, name, reading and code, one blank between them.
        named |= Q(search_key__contains=f" {name} ")
        for prefecture in map(fold, PREFECTURES):
            if name.startswith(prefecture) and name != prefecture:
                full = f"{prefecture} {name.removeprefix(prefecture)} "
                named |= Q(search_key__startswith=full)
    return queryset.filter(named)


def match_beginning(queryset: QuerySet, written: str) -> QuerySet:
    """Return those whose name or reading begins so, or that have this 5-digit code.

    Those of the service area come first.
    """
    key = fold(written)
    if not key or postal_code(written):
        return queryset.none()
    if key.isdecimal():
        found = Q(code__startswith=key) if len(key) == FIVE_DIGITS else Q(pk__in=[])
    else:
        found = Q()
        for name in _spellings(key):
            found |= Q(search_key__contains=f" {name}")
            for prefecture in map(fold, PREFECTURES):
                if name.startswith(prefecture) and name != prefecture:
                    full = f"{prefecture} {name.removeprefix(prefecture)}"
                    found |= Q(search_key__startswith=full)
    return queryset.filter(found).order_by("-is_in_service_area", "code")


def postal_code(written: str) -> str:
    """Return the seven digits of a postal code; empty when it is none."""
    found = POSTAL_CODE.fullmatch(unicodedata.normalize("NFKC", written).strip())
    return f"{found[1]}{found[2]}" if found else ""


def _spellings(key: str) -> set[str]:
    """Return `key`, and how it is stored when が was written for ケ (鎌が谷)."""
    return {key, re.sub(r"(?<=[一-鿿])が(?=[一-鿿])", "け", key)}


def _is_prefecture(written: str) -> bool:
    """Tell whether this may mean a whole prefecture: 千葉, 千葉県."""
    key = fold(written)
    return any(key in (fold(name), fold(name[:-1])) for name in PREFECTURES)


LIMIT = 6
FIVE_DIGITS = 5
POSTAL_CODE = re.compile(r"〒?\s*([0-9]{3})[-−‐–ー]?([0-9]{4})")
