"""Calendar months, the period in which hubs report to their municipality."""

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.dates import parse_date


@dataclass(frozen=True, order=True)
class Month:
    """A month of the calendar. Raises ValueError for one that does not exist."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1900 <= self.year <= 2100 and 1 <= self.month <= 12):
            raise ValueError("no such month")

    def __str__(self) -> str:
        return f"{self.year}/{self.month:02}"

    @classmethod
    def of(cls, day: dt.date) -> Self:
        """Return the month of a day."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the month that `text` means: 2016/4, 2016年4月, H28.4, 2016-04.

        Raises ValidationError for everything else.
        """
        for rest in ("/1", "1日", "-1", ".1", "01"):
            try:
                day = parse_date(text.strip() + rest)
            except ValidationError:
                continue
            # 2016/4/1 is a day: with "1日" after it, it would read as the 11th.
            if day.day == 1:
                return cls.of(day)
        raise ValidationError(
            _("This month cannot be read. Write it like 2016/4, 2016年4月 or H28.4."),
            code="invalid",
        )

    @property
    def first(self) -> dt.date:
        """The first day."""
        return dt.date(self.year, self.month, 1)

    @property
    def last(self) -> dt.date:
        """The last day."""
        days = calendar.monthrange(self.year, self.month)[1]
        return dt.date(self.year, self.month, days)

    @property
    def previous(self) -> Self:
        """The month before."""
        return type(self).of(self.first - dt.timedelta(days=1))

    @property
    def next(self) -> Self:
        """The month after."""
        return type(self).of(self.last + dt.timedelta(days=1))

    def days(self) -> Iterator[dt.date]:
        """Yield every day of the month."""
        for number in range(1, self.last.day + 1):
            yield dt.date(self.year, self.month, number)
