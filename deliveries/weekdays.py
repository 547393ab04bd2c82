"""The weekdays of a plan: stored as digits, Monday is 0; read as people write them."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.db.models import F, Value
from django.db.models.functions import Replace, Trim
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _

JAPANESE = "月火水木金土日"
WORDS = {"平日": "月火水木金", "毎日": JAPANESE}
RANGE = re.compile(r"([月火水木金土日])[-~〜から]+([月火水木金土日])")
SEPARATORS = re.compile(r"曜日|曜|[\s・、,/]")
CHOICES = [(str(number), name) for number, name in WEEKDAYS_ABBR.items()]


def names_of(weekdays: str) -> str:
    """Return the names of the days, a blank between them."""
    return " ".join(str(WEEKDAYS_ABBR[int(digit)]) for digit in weekdays)


def names() -> Trim:
    """Return the database's expression of `names_of`, in the language of the page."""
    shown = F("weekdays")
    for digit, name in CHOICES:
        shown = Replace(shown, Value(digit), Value(f"{name} "))
    return Trim(shown)


def parse(text: str) -> str:
    """Return the digits that `text` means: 月水金, 月曜・水曜, 月〜金, 平日, 毎日.

    Raises ValidationError; a day that stands there twice counts once.
    """
    plain = SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
    for word, days in WORDS.items():
        plain = plain.replace(word, days)
    plain = RANGE.sub(_days_between, plain)
    if not plain or set(plain) - set(JAPANESE):
        raise ValidationError(
            _("Write the days like 月水金, 月〜金, 平日 or 毎日."), code="invalid"
        )
    return "".join(sorted({str(JAPANESE.index(day)) for day in plain}))


def _days_between(found: re.Match) -> str:
    """Return the days of a range; 金〜月 goes over Sunday."""
    first, last = (JAPANESE.index(day) for day in found.groups())
    return "".join(JAPANESE[(first + n) % 7] for n in range((last - first) % 7 + 1))
