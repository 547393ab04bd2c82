"""Opening hours as one line that people type, and the holidays of Japan.

The line names days, then times: `月-金 8:30-17:15、土 9:00-12:00`, `平日 8:30-12:00
13:00-17:15`, `毎日 0:00-24:00`, `24時間`. Width, the kind of dash and of comma make no
difference. What may mean two things is refused.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NoReturn, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from holidays import country_holidays

WEEKDAYS = "月火水木金土日"
# The place of 祝 (public holidays, and the days around New Year) after the weekdays.
HOLIDAY = 7
WHOLE_DAY = (0, 24 * 60)
# No desk is closed for longer; what opens later counts as never.
HORIZON = dt.timedelta(days=60)
# So far `after` looks; a deadline beyond it is a mistake.
LIMIT = dt.timedelta(days=3660)
DASHES = str.maketrans(dict.fromkeys("〜~–—―‐‒−ー─", "-"))
TIME = r"(\d{1,2})(?::(\d\d)|時(?:(\d{1,2})分|(半))?)"
TOKEN = re.compile(
    rf"""(?P<separator>[\s、,・;/。]+)
        |(?P<whole_day>24時間(?:365日|対応)*)
        |(?P<word>平日|毎日)
        |(?P<holiday>祝日?)
        |(?P<days>(?P<first>[{WEEKDAYS}])(?:曜日?)?
            (?:-(?P<last>[{WEEKDAYS}])(?:曜日?)?)?)
        |(?P<span>{TIME}-{TIME})""",
    re.VERBOSE,
)
WORDS = {"平日": range(5), "毎日": range(7)}
NOT_HERE = re.compile("祝日?(?:・|と|や|及び|および|は|を)*(?:年末年始|除|休)|年末年始")
EXAMPLES = _("Write it like 平日 8:30-17:15, or 月-金 8:30-17:15、土 9:00-12:00.")

# The minutes of a day from which and until which something is open.
Span = tuple[int, int]


@dataclass(frozen=True)
class Hours:
    """Opening hours: the spans of every weekday from Monday, and of holidays.

    `holidays` is None where the line says nothing of them: they are then closed, or
    like any other day, as the caller says.
    """

    week: tuple[tuple[Span, ...], ...]
    holidays: tuple[Span, ...] | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the hours that `text` means. Raises ValidationError with the remedy.

        `24時間` means holidays too; any other line does so only if it names 祝.
        """
        return _read(cls, text)

    def is_open(self, at: dt.datetime, *, closed_on_holidays: bool) -> bool:
        """Tell whether it is open at the aware instant `at`."""
        day = _local(at).date()
        return any(
            begin <= at < end
            for begin, end in self._spans(day, day, closed_on_holidays)
        )

    def next_opening(
        self, at: dt.datetime, *, closed_on_holidays: bool
    ) -> dt.datetime | None:
        """Return the first instant from `at` on when it is open; `at` if it is now.

        None when it does not open within 60 days.
        """
        day = _local(at).date()
        for begin, end in self._spans(day, day + HORIZON, closed_on_holidays):
            if end > at:
                return max(begin, _local(at))
        return None

    def closing(
        self, at: dt.datetime, *, closed_on_holidays: bool
    ) -> dt.datetime | None:
        """Return until when it is open without a break, at an instant when it is.

        None when it is closed at `at`, or open for 60 days and more.
        """
        until = at
        day = _local(at).date()
        for begin, end in self._spans(day, day + HORIZON, closed_on_holidays):
            if begin <= until < end:
                until = end
            elif begin > until:
                return until if until > at else None
        return None

    def open_time(
        self, start: dt.datetime, end: dt.datetime, *, closed_on_holidays: bool
    ) -> dt.timedelta:
        """Return how long it was open between two instants; 0 if `end` is first."""
        first, last = _local(start).date(), _local(end).date()
        spans = self._spans(first, last, closed_on_holidays)
        return sum(
            (
                max(min(end, until) - max(start, begin), dt.timedelta())
                for begin, until in spans
            ),
            dt.timedelta(),
        )

    def after(
        self, start: dt.datetime, amount: dt.timedelta, *, closed_on_holidays: bool
    ) -> dt.datetime:
        """Return the instant by which it was open for `amount` since `start`.

        The inverse of `open_time`: the earliest instant for which that is `amount`.
        Raises ValueError for a negative amount, or one that takes over ten years.
        """
        if amount < dt.timedelta():
            raise ValueError("the amount of open time is negative")
        if not amount:
            return _local(start)
        first = _local(start).date()
        for begin, end in self._spans(first, first + LIMIT, closed_on_holidays):
            begin = max(begin, _local(start))
            if end - begin >= amount:
                return begin + amount
            amount -= max(end - begin, dt.timedelta())
        raise ValueError("so much open time takes more than ten years")

    def on(self, day: dt.date, *, closed_on_holidays: bool) -> tuple[Span, ...]:
        """Return the spans of a day in order, in minutes since midnight."""
        if (closed_on_holidays or self.holidays is not None) and is_holiday(day):
            return self.holidays or ()
        return self.week[day.weekday()]

    def _spans(
        self, first: dt.date, last: dt.date, closed_on_holidays: bool
    ) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """Yield beginning and end of every span of the days `first` to `last`."""
        for number in range((last - first).days + 1):
            day = first + dt.timedelta(days=number)
            midnight = dt.datetime.combine(day, dt.time(), _zone())
            for begin, end in self.on(day, closed_on_holidays=closed_on_holidays):
                yield (
                    midnight + dt.timedelta(minutes=begin),
                    midnight + dt.timedelta(minutes=end),
                )


def is_holiday(day: dt.date) -> bool:
    """Tell whether `day` is a public holiday, or one of 29 December to 3 January."""
    return day in _public_holidays(day.year, "ja") or _is_around_new_year(day)


def holiday_name(day: dt.date) -> str:
    """Return what the holiday is called in the language of the page; empty if none."""
    language = "ja" if (get_language() or "ja").startswith("ja") else "en_US"
    name = _public_holidays(day.year, language).get(day, "")
    if not name and _is_around_new_year(day):
        return gettext("New Year holidays")
    return name


def validate_hours(text: str) -> None:
    """Raise ValidationError unless `text` can be read as opening hours."""
    Hours.parse(text)


def _is_around_new_year(day: dt.date) -> bool:
    return (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)


@cache
def _public_holidays(year: int, language: str) -> dict[dt.date, str]:
    # An object of the package fills itself while it is asked, which two threads must
    # not do at once: one year is read into a dict of our own.
    return dict(country_holidays("JP", years=year, language=language, expand=False))


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def _local(at: dt.datetime) -> dt.datetime:
    return timezone.localtime(at, _zone())


@lru_cache(maxsize=1024)
def _read(cls: type[Hours], text: str) -> Hours:
    plain = unicodedata.normalize("NFKC", text).translate(DASHES).replace("から", "-")
    plain = re.sub(r"\s*-\s*", "-", plain.replace("まで", "")).strip()
    if NOT_HERE.search(plain):
        raise ValidationError(
            _(
                "Leave out that holidays are excepted: “closed on holidays” says so. "
                "For hours on holidays write 祝 like a day, such as 祝 9:00-12:00."
            ),
            code="holidays",
        )
    spans: list[list[Span]] = [[] for _day in range(HOLIDAY + 1)]
    days: set[int] = set()
    has_times = True
    for token in _tokens(plain):
        if token["separator"]:
            continue
        is_time = token["whole_day"] or token["span"]
        if not is_time:
            # Days after times begin a new group.
            days = _days(token) if has_times else days | _days(token)
        elif not days and token["whole_day"]:
            days = set(range(HOLIDAY + 1))
        elif not days:
            _refuse(_("Write the days before the times: 平日, 毎日, 月-金, 土・日 …"))
        if is_time:
            for day in days:
                spans[day].append(_span(token))
        has_times = bool(is_time)
    if not has_times or not days:
        _refuse(_("Write the times after the days."))
    week = [_in_order(of_day) for of_day in spans]
    return cls(tuple(week[:HOLIDAY]), week[HOLIDAY] or None)


def _tokens(plain: str) -> Iterator[re.Match]:
    position = 0
    while position < len(plain):
        token = TOKEN.match(plain, position)
        if not token:
            raise ValidationError(
                _("“%(rest)s” cannot be read. %(examples)s"),
                code="invalid",
                params={"rest": plain[position:][:20], "examples": EXAMPLES},
            )
        yield token
        position = token.end()


def _days(token: re.Match) -> set[int]:
    """Return the numbers of the days that a token names; 金-月 goes over Sunday."""
    if token["word"]:
        return set(WORDS[token["word"]])
    if token["holiday"]:
        return {HOLIDAY}
    first = WEEKDAYS.index(token["first"])
    last = WEEKDAYS.index(token["last"] or token["first"])
    return {(first + n) % 7 for n in range((last - first) % 7 + 1)}


def _span(token: re.Match) -> Span:
    if token["whole_day"]:
        return WHOLE_DAY
    begin, end = (
        int(hour) * 60 + int(minute or more or (30 if half else 0))
        for hour, minute, more, half in re.findall(TIME, token["span"])
    )
    minutes = re.findall(r"[:時](\d+)", token["span"])
    if end > WHOLE_DAY[1] or any(int(minute) > 59 for minute in minutes):
        _refuse(_("A time lies between 0:00 and 24:00."))
    if end <= begin:
        _refuse(
            _(
                "The end must lie after the beginning. What goes over midnight is two "
                "spans: 金 22:00-24:00、土 0:00-6:00."
            )
        )
    return begin, end


def _in_order(spans: list[Span]) -> tuple[Span, ...]:
    """Return the spans of a day by time, those that touch as one."""
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if joined and begin < joined[-1][1]:
            _refuse(
                _(
                    "Two spans of a day overlap. Name each day once: "
                    "月・火・木・金 8:30-17:15、水 8:30-19:00."
                )
            )
        if joined and begin == joined[-1][1]:
            begin = joined.pop()[0]
        joined.append((begin, end))
    return tuple(joined)


def _refuse(message: str) -> NoReturn:
    raise ValidationError(message, code="invalid")
