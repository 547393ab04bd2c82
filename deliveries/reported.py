"""Reading one item of what another system reports: its texts, and its instant."""

import datetime as dt
import re
from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from core.filters import FIRST_YEAR

# Clocks of terminals run ahead a little.
AHEAD = dt.timedelta(minutes=2)
INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
# Neither is stored by the databases.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
LONGEST = 320
EXAMPLE = "2016-10-03T10:05:00+09:00"
Errors = dict[str, list[str]]


def is_text(value: Any) -> bool:
    """Tell whether a value is text that can be stored and sent back."""
    return (
        isinstance(value, str)
        and len(value) <= LONGEST
        and not UNSTORABLE.search(value)
    )


def read_texts(
    item: Any, required: Collection[str], optional: Collection[str]
) -> tuple[dict[str, str], Errors]:
    """Return the readable texts of an item by field, and what is wrong with the others.

    An optional field that is missing, null or empty is in neither. `item` in the errors
    stands for the item as a whole.
    """
    if not isinstance(item, dict):
        return {}, {"item": [_("Send an object with the documented fields.")]}
    names = [*required, *optional]
    texts: dict[str, str] = {}
    errors: Errors = {}
    if item.keys() - set(names):
        known = _("Only these fields are known: %(names)s.")
        errors["item"] = [known % {"names": ", ".join(names)}]
    for name in names:
        value = item.get(name)
        if value is None or value == "":
            if name in required:
                errors[name] = [_("This field is required.")]
        elif not isinstance(value, str):
            errors[name] = [_("Send this as text, in quotes.")]
        elif not is_text(value):
            errors[name] = [_("This text is too long, or holds what is no character.")]
        else:
            texts[name] = value
    return texts, errors


def read_instant(text: str, at: dt.datetime) -> dt.datetime:
    """Return the instant, in local time, that stands in the notation of RFC 3339.

    Raises ValidationError for any other notation, without an offset, after the instant
    `at`, and before the years that are kept.
    """
    try:
        if not INSTANT.fullmatch(text):
            raise ValueError
        instant = timezone.localtime(dt.datetime.fromisoformat(text.upper()))
    except (ValueError, OverflowError) as error:
        raise ValidationError(
            _("Send date, time and offset from UTC, such as %(example)s."),
            code="invalid",
            params={"example": EXAMPLE},
        ) from error
    if instant > at + AHEAD:
        raise ValidationError(
            _("This time lies in the future. Check the clock of the device."),
            code="future",
        )
    if instant.year < FIRST_YEAR:
        raise ValidationError(
            _("This day is too long ago. Check the clock of the device."), code="past"
        )
    return instant
