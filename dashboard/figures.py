"""One figure: what is shown, what the rows say beside it, and how it changed."""

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any, NamedTuple, Self

from django.db import models
from django.utils.translation import pgettext_lazy

from .indicators import WHOLE, Indicator, Moment

PERCENT_DECIMALS = 1


class Status(models.TextChoices):
    """What a figure is; the later in this list, the stronger."""

    PROVISIONAL = "provisional", pgettext_lazy("figure", "Provisional")
    PUBLISHED = "published", pgettext_lazy("figure", "Published")
    CLOSED = "closed", pgettext_lazy("figure", "Closed")

    @classmethod
    def weaker(cls, one: "Status", other: "Status") -> "Status":
        """Return the weaker of two: a ratio is no surer than its parts."""
        return min(one, other, key=list(cls).index)


def rounded(number: Decimal, decimals: int) -> Decimal:
    """Return `number` rounded half up: the one rounding rule of all figures."""
    return number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def percent(numerator: Decimal | None, denominator: Decimal | None) -> Decimal | None:
    """Return the percentage, rounded half up to one decimal.

    None when a part is missing or nothing can be divided by.
    """
    if numerator is None or not denominator:
        return None
    return rounded(100 * numerator / denominator, PERCENT_DECIMALS)


class Amount(NamedTuple):
    """A number, or the two parts of a ratio: kept apart, divided only to be shown."""

    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None

    @property
    def shown(self) -> Decimal | None:
        """The number as people read it; a ratio in per cent."""
        if self.value is not None:
            return self.value
        return percent(self.numerator, self.denominator)

    def differs(self, other: Self, decimals: int) -> bool:
        """Tell whether two amounts differ in what is shown of them."""
        pairs = [(self.shown, other.shown)]
        if self.numerator is not None and other.numerator is not None:
            pairs = list(zip(self[1:], other[1:], strict=True))
        return any(_shows(a, decimals) != _shows(b, decimals) for a, b in pairs)


def _shows(number: Decimal | None, decimals: int) -> Decimal | None:
    return None if number is None else rounded(number, decimals)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure of one year, as it is shown, with what the rows say beside it.

    moment: the year and the day up to which rows were counted for comparison.
    as_of: the day the figure speaks of; None where a publication does not say.
    breakdown: empty for the whole, else like `channel=store`; name: of that part.
    computed: the amount from rows as of the same day; None without rows.
    rows: how many rows made it; None when there are none or it is a ratio.
    parts: numerator and denominator of a ratio, each a figure with its own rows.
    replaced: the published figure in whose place the closed one is shown.
    former: version and amount of closings that were reopened. corrections: the remarks
    (訂正) that say what is right, the oldest first.
    """

    indicator: Indicator
    moment: Moment
    as_of: dt.date | None
    breakdown: str = WHOLE
    name: str = ""
    amount: Amount
    status: Status
    computed: Amount | None = None
    rows: int | None = None
    notes: tuple[str, ...] = ()
    printed: str = ""
    source: str = ""
    is_break: bool = False
    parts: tuple["Figure", ...] = ()
    replaced: "Figure | None" = None
    former: tuple[tuple[int, Amount], ...] = ()
    corrections: tuple[Any, ...] = ()

    @property
    def fiscal_year(self) -> int:
        """The fiscal year."""
        return self.moment.fiscal_year

    @property
    def by(self) -> str:
        """The breakdown's name; empty for the whole."""
        return self.breakdown.partition("=")[0]

    @property
    def key(self) -> str:
        """The key of the part within its breakdown; empty for the whole."""
        return self.breakdown.partition("=")[2]

    @property
    def value(self) -> Decimal | None:
        """The number as people read it; None is missing, never zero."""
        return self.amount.shown

    @property
    def computed_value(self) -> Decimal | None:
        """The number from rows as people read it; None without rows."""
        return self.computed.shown if self.computed else None

    @property
    def is_different(self) -> bool:
        """Tell whether the rows give another number than the one shown."""
        return self.computed is not None and self.amount.differs(
            self.computed, self.indicator.decimals
        )

    @property
    def is_replaced(self) -> bool:
        """Tell whether another number was published before the year was closed."""
        return self.replaced is not None and self.amount.differs(
            self.replaced.amount, self.indicator.decimals
        )

    @property
    def other_versions(self) -> list[tuple[int, Decimal | None]]:
        """The former versions that said something else, with their numbers."""
        decimals = self.indicator.decimals
        return [
            (version, amount.shown)
            for version, amount in self.former
            if self.amount.differs(amount, decimals)
        ]

    @property
    def url(self) -> str:
        """The list that makes the figure; empty when there are no rows to open."""
        if self.rows is None or not self.indicator.rows:
            return ""
        return self.indicator.rows_url(self.moment, self.by, self.key)

    @property
    def is_whole_year(self) -> bool:
        """Tell whether it speaks of the year's last day, not of a day within it."""
        return self.moment == Moment.of(self.fiscal_year, dt.date.max)

    @property
    def has_notes(self) -> bool:
        """Tell whether there is more to say than the number."""
        return bool(self.notes or self.corrections) or self.is_break

    @property
    def is_stored(self) -> bool:
        """Tell whether it was published or closed, not only computed."""
        return self.status is not Status.PROVISIONAL


class Direction(StrEnum):
    """Which way a figure went."""

    UP = "up"
    DOWN = "down"
    SAME = "same"


@dataclass(frozen=True)
class Change:
    """How a figure differs from the year before, in its own unit and in per cent.

    percent is None for a ratio, whose difference is in points, and after a zero.
    share: of a sum over a year that has not ended, how many per cent of the whole
    year before it has reached; nothing else is told then, because a part of a year
    always lies below a whole one.
    """

    difference: Decimal
    percent: Decimal | None = None
    share: Decimal | None = None

    @property
    def direction(self) -> Direction:
        """Which way it went."""
        if not self.difference:
            return Direction.SAME
        return Direction.UP if self.difference > 0 else Direction.DOWN


def change(now: Figure | None, before: Figure | None) -> Change | None:
    """Return how a figure changed; None when one is missing or the series breaks."""
    if now is None or before is None or now.is_break:
        return None
    if now.value is None or before.value is None:
        return None
    decimals = now.indicator.decimals
    difference = rounded(now.value, decimals) - rounded(before.value, decimals)
    is_sum = now.indicator.adds_over_time
    if is_sum and not (now.is_whole_year and before.is_whole_year):
        return Change(difference, share=percent(now.value, before.value))
    if now.parts:
        return Change(difference)
    return Change(difference, percent(difference, before.value))


def plain_number(number: Decimal | None) -> Any:
    """Return a number for JSON: an integer when it is one, else with 4 decimals."""
    if number is None:
        return None
    exact = rounded(number, 4)
    return int(exact) if exact == exact.to_integral_value() else float(exact)
