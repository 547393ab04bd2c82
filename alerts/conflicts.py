"""Two people changed one report: what the one recorded and the other typed.

Nothing typed is lost: the page that shows both carries it all, asks field by field
which to take, and is itself guarded by the version that it shows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.forms import BaseForm, BooleanField, Field
from django.http import QueryDict
from django.utils.safestring import SafeString

from .wording import MISSING, in_words

MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True)
class Clash:
    """A field in which the two differ, in words; `choice` is empty if both changed."""

    name: str
    label: str
    theirs: str
    mine: str
    choice: str


def clashes(form: BaseForm, current: BaseForm, chosen: QueryDict) -> list[Clash]:
    """Return where the valid `form` differs from what `current` says is recorded.

    A field that only one of the two changed comes with that choice, and so does one
    chosen already; for the others a person decides.
    """
    recorded = current.recorded()
    found = []
    for name, field in current.fields.items():
        if name == "version" or name not in form.cleaned_data:
            continue
        theirs = _words(field, recorded.get(name))
        mine = _words(field, form.cleaned_data[name])
        if theirs != mine:
            choice = chosen.get(f"take_{name}") or _choice(form, current, name, theirs)
            found.append(Clash(name, str(field.label), theirs, mine, choice))
    return found


def _words(field: Field, value: Any) -> str:
    if isinstance(field, BooleanField):
        value = bool(value)
    choices = getattr(field, "choices", ()) if isinstance(value, str) else ()
    return in_words(value, choices if value else ())


def _choice(form: BaseForm, current: BaseForm, name: str, theirs: str) -> str:
    """Return whose text stands without asking; empty when both changed the field."""
    if not current.fields[name].show_hidden_initial:
        return MINE if theirs == MISSING else ""
    if form[name].html_initial_name not in form.data:
        return ""
    if name not in form.changed_data:
        return THEIRS
    return MINE if _shown_first(form, name) == _shown_first(current, name) else ""


def _shown_first(form: BaseForm, name: str) -> str:
    """Return the hidden text that tells what a field held when the page was made."""
    return str(form[name].as_hidden(only_initial=True)).replace("\r\n", "\n")


def carried(form: BaseForm, current: BaseForm) -> Iterator[SafeString]:
    """Yield hidden fields: all that was typed, what is recorded, and its version."""
    recorded = current.recorded()
    current.initial = recorded | {"version": current.report.version}
    for name in current.fields:
        if name == "version":
            yield current[name].as_hidden()
            continue
        yield form[name].as_hidden()
        yield current[name].as_hidden(only_initial=True)


def settle(data: QueryDict) -> tuple[QueryDict, list[str]]:
    """Return the data with every choice carried out, and the fields without a choice.

    Of a form that comes from no such page, it is the data itself.
    """
    settled, open_fields = data.copy(), []
    for name in data.getlist("clash"):
        take = data.get("take_all") or data.get(f"take_{name}")
        if take == THEIRS:
            settled.setlist(name, data.getlist(f"initial-{name}"))
        elif take != MINE:
            open_fields.append(name)
    return settled, open_fields
