"""Reading dates as they are written in Japan, western years and eras."""

import datetime as dt
import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# First and last day of each era, and the letter that stands for it.
ERAS = {
    "明治": (dt.date(1868, 1, 25), dt.date(1912, 7, 30)),
    "大正": (dt.date(1912, 7, 30), dt.date(1926, 12, 25)),
    "昭和": (dt.date(1926, 12, 25), dt.date(1989, 1, 7)),
    "平成": (dt.date(1989, 1, 8), dt.date(2019, 4, 30)),
    "令和": (dt.date(2019, 5, 1), dt.date(2100, 12, 31)),
}
ERA_LETTERS = {"M": "明治", "T": "大正", "S": "昭和", "H": "平成", "R": "令和"}
SQUARE_ERAS = {"㍾": "明治", "㍽": "大正", "㍼": "昭和", "㍻": "平成", "㋿": "令和"}
DATE = re.compile(
    r"""(?:(?P<era>明治|大正|昭和|平成|令和|[MTSHR])\s*(?P<era_year>元|\d{1,2})
        |(?P<year>\d{4}))
        \s*(?P<separator>[/.\-]|年)\s*(?P<month>\d{1,2})
        \s*(?:(?P=separator)|月)\s*(?P<day>\d{1,2})\s*日?""",
    re.VERBOSE | re.IGNORECASE,
)
COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)")
TIME = re.compile(r"(?P<hour>\d{1,2})(?::|時)(?P<minute>\d{1,2})?(?::[0-5]\d|分)?")
EXAMPLES = _("Write it like 2017/3/21, 2017年3月21日, H29.3.21 or 令和5年4月30日.")


def parse_date(text: str) -> dt.date:
    """Return the date that `text` means; never guess the order or the century.

    Raises ValidationError for anything with two readings (5/4/30), for a day that does
    not exist, and for a day outside its era, naming the western date in that case.
    """
    plain = _plain(text)
    match = DATE.fullmatch(plain) or COMPACT.fullmatch(plain)
    if not match:
        raise ValidationError(
            _("This date cannot be read. %(examples)s"),
            code="invalid",
            params={"examples": EXAMPLES},
        )
    parts = match.groupdict()
    era = _era(parts.get("era"))
    if era:
        number = 1 if parts["era_year"] == "元" else int(parts["era_year"])
        year = ERAS[era][0].year + number - 1
    else:
        year = int(parts["year"])
    try:
        day = dt.date(year, int(parts["month"]), int(parts["day"]))
    except ValueError:
        raise ValidationError(
            _("There is no such day in the calendar: %(value)s."),
            code="invalid",
            params={"value": text.strip()},
        ) from None
    if era and not ERAS[era][0] <= day <= ERAS[era][1]:
        raise ValidationError(
            _("%(value)s lies outside its era. If you mean %(day)s, write that."),
            code="invalid",
            params={"value": text.strip(), "day": f"{day:%Y/%m/%d}"},
        )
    if not 1900 <= day.year <= 2100:
        raise ValidationError(
            _("The year must lie between 1900 and 2100."), code="invalid"
        )
    return day


def parse_time(text: str) -> dt.time:
    """Return the time that `text` means: 9:30, ９時３０分. Raises ValidationError."""
    match = TIME.fullmatch(_plain(text))
    try:
        return dt.time(int(match["hour"]), int(match["minute"] or 0))  # type: ignore[index]
    except (TypeError, ValueError):
        raise ValidationError(
            _("This time cannot be read. Write it like 9:30 or 9時30分."),
            code="invalid",
        ) from None


def parse_datetime(text: str) -> dt.datetime:
    """Return the naive local instant that `text` means. Raises ValidationError."""
    day, separator, time = _plain(text).replace("T", " ").rpartition(" ")
    if not separator:
        raise ValidationError(
            _("Enter date and time, such as 2017/3/21 9:30."), code="invalid"
        )
    return dt.datetime.combine(parse_date(day), parse_time(time))


def _plain(text: str) -> str:
    for square, era in SQUARE_ERAS.items():
        text = text.replace(square, era)
    return unicodedata.normalize("NFKC", text).strip()


def _era(written: str | None) -> str | None:
    return ERA_LETTERS.get(written.upper(), written) if written else None
