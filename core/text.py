"""Reading Japanese text: search keys, and numbers as people type them."""

import re
import unicodedata

import jaconv
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Controls that reorder what is shown, and invisible marks: harmful in one-line fields.
INVISIBLE = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2060"
    "\u2066-\u2069\ufeff]"
)
COUNT = re.compile(r"\d+|\d{1,3}(?:,\d{3})+")
NEGATIVE = re.compile(r"(?:[-−△▲].*|\(.*\))")


def fold(text: str) -> str:
    """Return the search key of `text`; stored names themselves are never folded.

    Width, case, hiragana/katakana, small ヶ and white space make no difference:
    `ｶﾞｷﾞ`, `ガギ` and `がぎ` have one key.
    """
    text = unicodedata.normalize("NFKC", text).casefold()
    text = jaconv.kata2hira(text).replace("ゖ", "け").replace("ゕ", "か")
    return re.sub(r"\s+", "", text)


def parse_count(text: str) -> int:
    """Return the whole number zero or above that `text` means.

    Full-width digits and thousands separators are read; everything Python would also
    take (`1_0`, `1e3`) or that may mean something else (`-`, `約5`) is refused.
    Raises ValidationError.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if COUNT.fullmatch(plain) and plain.isascii():
        number = int(plain.replace(",", ""))
        if number > 2_147_483_647:
            raise ValidationError(_("This number is too large."), code="too_large")
        return number
    if NEGATIVE.fullmatch(plain) and len(plain) > 1:
        raise ValidationError(
            _("A negative number is not possible here. Enter 0 or more."),
            code="negative",
        )
    raise ValidationError(
        _("Enter a whole number in digits, such as 12."), code="invalid"
    )
