"""The form field that asks for a member of a mutual-aid group."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.text import fold

from .models import Member


class MemberInput(forms.TextInput):
    """A text input with suggestions from the server; plain text without JavaScript."""

    template_name = "mutualaid/member_input.html"
    role = Member.Role.HELPER

    def get_context(
        self, name: str, value: Any, attrs: dict[str, Any] | None
    ) -> dict[str, Any]:
        """Add the identifier of the list of suggestions and where they come from."""
        context = super().get_context(name, value, attrs)
        list_id = f"{context['widget']['attrs'].get('id', name)}_list"
        context["widget"]["attrs"] |= {"list": list_id, "autocomplete": "off"}
        context["list_id"] = list_id
        context["suggest_url"] = reverse("mutualaid:member_suggest", args=[self.role])
        return context


class MemberField(forms.Field):
    """One member who may stand as `role`, by number or name; `C-0012 見本 花子` too.

    A name that several members bear is refused with their numbers to choose from.
    Costs one query to read, one to show a stored value.
    """

    widget = MemberInput

    def __init__(self, *, role: str, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Member number or name; type to search."))
        super().__init__(**kwargs)
        self.role = self.widget.role = role

    @property
    def queryset(self) -> QuerySet:
        """The members to choose from."""
        return Member.objects.in_role(self.role)

    def prepare_value(self, value: Any) -> Any:
        """Show number and name for a stored primary key or row."""
        if isinstance(value, int):
            value = Member.objects.filter(pk=value).first()
        return caption(value) if isinstance(value, Member) else value

    def to_python(self, value: Any) -> Member | None:
        """Return the member, None for an empty field."""
        if isinstance(value, Member):
            return value
        if not str(value or "").strip():
            return None
        found = list(match(self.queryset.select_related("group"), str(value))[:6])
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(
                _(
                    "There is no such member with this role. Enter the member number, "
                    "or register the member first."
                ),
                code="unknown",
            )
        raise ValidationError(
            _("Several members have this name. Enter one of the numbers: %(numbers)s."),
            code="ambiguous",
            params={"numbers": "、".join(member.number for member in found)},
        )

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what is shown with what came back."""
        return str(self.prepare_value(initial) or "") != str(data or "")


def caption(member: Member) -> str:
    """Return number and name, which the field shows and reads."""
    return f"{member.number} {member.name}"


def match(queryset: QuerySet, written: str) -> QuerySet:
    """Return the members whose number, number and name, name or reading is `written`.

    Width, kana, case and blanks make no difference.
    """
    # The search key is number, name and reading, one blank between them.
    begin = " ".join(fold(part) for part in written.split(maxsplit=1)) + " "
    if (found := queryset.filter(search_key__startswith=begin)).exists():
        return found
    key = f" {fold(written)}"
    return queryset.filter(
        Q(search_key__contains=f"{key} ") | Q(search_key__endswith=key)
    )
