"""The book of figures: published, closed and computed ones, with the fewest queries."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cached_property

from django.db.models import Min, Q, QuerySet

from core import fiscal
from core.filters import FIRST_YEAR

from .builders import (
    frozen_number,
    measured_figure,
    ratio_figure,
    ratio_parts,
    replacing,
    with_remarks,
)
from .figures import Figure, Status
from .indicators import (
    WHOLE,
    By,
    Indicator,
    Moment,
    Number,
    Part,
    Ratio,
    Stock,
)
from .models import AnnualFigure, Remark, YearClosing

# A stock is looked back at for so many years at least; it cannot tell its own first.
LOOK_BACK = 10
Place = tuple[int, str]
Series = dict[Place, Figure]
# By indicator and breakdown: the rows of each place, the strongest first.
Stored = dict[tuple[str, str], dict[Place, list[AnnualFigure]]]


def breakdowns(indicator: Indicator) -> Mapping[str, By]:
    """Return the breakdowns; a ratio has those that both of its parts have."""
    if not isinstance(indicator, Ratio):
        return indicator.by
    over, under = ratio_parts(indicator)
    return {name: by for name, by in over.by.items() if name in under.by}


def read_stored(rows: Iterable[AnnualFigure]) -> Stored:
    """Return what is stored by indicator, breakdown and place, in one query."""
    found: Stored = defaultdict(lambda: defaultdict(list))
    for row in rows:
        by, _, part = row.breakdown.partition("=")
        found[row.indicator, by][row.fiscal_year, part].append(row)
    return found


class Counted:
    """Numbers from rows by day and part, and what the parts are called."""

    def __init__(self, numbers: Mapping[tuple[Moment, str], Number], by: str) -> None:
        self.numbers = numbers
        self._by = by
        self._days = {moment for moment, _part in numbers}
        self._names = {part: number.name for (_day, part), number in numbers.items()}

    def number(self, moment: Moment, part: str) -> Number | None:
        """Return the number of a part: 0 where only other parts have rows that day."""
        number = self.numbers.get((moment, part))
        if number is None and self._by and moment in self._days:
            return Number(Decimal(0), 0, self._names.get(part, ""))
        return number


class Book:
    """Figures of the given indicators, as of `today`.

    stored: the annual figures the person may see. only: which of them are needed.
    within: one part (prefecture, municipality) to which all rows are narrowed.
    since: a year from which stocks are needed in any case. recounts: count the rows
    of closed years too, as when a year is being closed.
    Queries: one each for everything stored, for what is said of it, for the closings
    and for the first known year, and one per indicator and breakdown asked for (one
    more when figures of one year speak of different days). Rows of closed years are
    not counted: their figures are read.
    """

    def __init__(
        self,
        indicators: Iterable[Indicator],
        stored: QuerySet,
        *,
        today: dt.date,
        only: Q | None = None,
        within: Part | None = None,
        since: int | None = None,
        recounts: bool = False,
    ) -> None:
        self.indicators = tuple(indicators)
        self.today = today
        self.running = fiscal.fiscal_year_of(today)
        self.within = within
        self.since = since
        self._recounts = recounts
        self._base = stored
        self._only = only if only is not None else Q()
        self._numbers: dict[tuple, Counted] = {}
        self._series: dict[tuple, Series] = {}

    def series(
        self, indicator: Indicator, by: str = WHOLE, years: Iterable[int] | None = None
    ) -> Series:
        """Return {(year, key of the part): figure shown}, the oldest year first.

        The key is empty for the whole. `years` limits what is computed. What is
        absent is not known. Raises whatever the indicator's query raises.
        """
        wanted = None if years is None else frozenset(years)
        key = (indicator.key, by, wanted)
        if key not in self._series:
            make = self._ratios if isinstance(indicator, Ratio) else self._measured
            found = make(indicator, by, wanted)
            self._series[key] = dict(sorted(found.items()))
        return self._series[key]

    def stored_breakdowns(self, indicator: Indicator, year: int) -> list[str]:
        """Return the breakdowns of which figures of `year` were published."""
        found = [
            by
            for (key, by), places in self._stored.items()
            if key == indicator.key
            and by in breakdowns(indicator)
            and any(
                place[0] == year and any(row.status == Status.PUBLISHED for row in rows)
                for place, rows in places.items()
            )
        ]
        return sorted(found, key=list(breakdowns(indicator)).index)

    # What is stored --------------------------------------------------------------

    @cached_property
    def _versions(self) -> dict[int, YearClosing]:
        return YearClosing.objects.in_bulk()

    @cached_property
    def closings(self) -> dict[int, YearClosing]:
        """The closings that stand, by year."""
        return {c.fiscal_year: c for c in self._versions.values() if c.stands}

    def is_frozen(self, indicator: Indicator, by: str, year: int) -> bool:
        """Tell whether a closing holds the figures, so that no row is counted."""
        closing = None if self._recounts else self.closings.get(year)
        return closing is not None and closing.covers(indicator.key, by)

    @cached_property
    def _keys(self) -> set[str]:
        keys = {i.key for i in self.indicators}
        for indicator in self.indicators:
            if isinstance(indicator, Ratio):
                keys |= {indicator.numerator, indicator.denominator}
        return keys

    @cached_property
    def _everything_stored(self) -> list[AnnualFigure]:
        rows = self._base.filter(self._only, indicator__in=self._keys)
        found = list(rows.defer("definition").order_by("status", "pk"))
        for row in found:
            if row.closing_id:
                # One object for all figures of a closing, not a join for each.
                row.closing = self._versions[row.closing_id]
        return found

    @cached_property
    def _stored(self) -> Stored:
        # Closed before published; an earlier version stands no longer.
        rows = self._everything_stored
        return read_stored(r for r in rows if r.closing is None or r.closing.stands)

    @cached_property
    def _former(self) -> Stored:
        rows = self._everything_stored
        return read_stored(r for r in rows if r.closing and not r.closing.stands)

    @cached_property
    def _remarks(self) -> dict[tuple[str, int, str], list[Remark]]:
        found = defaultdict(list)
        # None where nothing is stored either: a year that is being closed.
        if not self._recounts:
            rows = Remark.objects.filter(self._only, indicator__in=self._keys)
            for row in rows:
                found[row.indicator, row.fiscal_year, row.breakdown].append(row)
        return found

    def _rows(self, indicator: Indicator, by: str) -> dict[Place, list[AnnualFigure]]:
        return self._stored.get((indicator.key, by), {})

    def _finished(self, figure: Figure, by: str, place: Place) -> Figure:
        """Return the figure with what else is said of it."""
        key = figure.indicator.key
        former = self._former.get((key, by), {}).get(place, ())
        remarks = self._remarks.get((key, place[0], figure.breakdown), ())
        return with_remarks(figure, former, remarks)

    @cached_property
    def first_year(self) -> int:
        """The first year of which anything is stored, at least ten years back."""
        known = self._base.aggregate(first=Min("fiscal_year"))["first"]
        back = self.running - LOOK_BACK + 1
        return max(FIRST_YEAR, min(known or back, back, self.since or back))

    # Days ------------------------------------------------------------------------

    def _stored_day(self, indicator: Indicator, year: int) -> dt.date | None:
        """Return the day of which the stored whole of the year speaks."""
        rows = self._rows(indicator, WHOLE).get((year, WHOLE), [])
        return rows[0].as_of if rows else None

    def _moment(self, indicator: Indicator, year: int) -> Moment:
        """Return the day as of which a year is computed: that of what is stored."""
        candidates = [indicator]
        if isinstance(indicator, Ratio):
            candidates += ratio_parts(indicator)
        for candidate in candidates:
            if day := self._stored_day(candidate, year):
                return Moment(year, day)
        return Moment.of(year, self.today)

    def _place_moment(
        self, indicator: Indicator, place: Place, row: AnnualFigure | None
    ) -> Moment:
        if row is None:
            return self._moment(indicator, place[0])
        if row.as_of:
            return Moment(place[0], row.as_of)
        return Moment.of(place[0], self.today)

    def _moments(
        self, indicator: Indicator, by: str, years: frozenset[int] | None
    ) -> set[Moment]:
        """Return every day needed of an indicator, for itself and for its ratios."""
        first = self.first_year if isinstance(indicator, Stock) else FIRST_YEAR
        span = range(first, self.running + 1)
        ratios = [
            i
            for i in self.indicators
            if isinstance(i, Ratio) and indicator.key in (i.numerator, i.denominator)
        ]
        found = set()
        for one in (indicator, *ratios):
            found |= {self._moment(one, year) for year in span}
            for place, rows in self._rows(one, by).items():
                found |= {self._place_moment(one, place, row) for row in rows}
        return {
            m
            for m in found
            if (years is None or m.fiscal_year in years)
            and not self.is_frozen(indicator, by, m.fiscal_year)
        }

    # Rows ------------------------------------------------------------------------

    def _counted(
        self, indicator: Indicator, by: str, years: frozenset[int] | None
    ) -> Counted:
        """Count the rows of every day needed; one query unless days differ."""
        key = (indicator.key, by, years)
        if key in self._numbers:
            return self._numbers[key]
        days: dict[int, list[Moment]] = defaultdict(list)
        for moment in sorted(self._moments(indicator, by, years)):
            days[moment.fiscal_year].append(moment)
        found = {}
        while days:
            layer = {year: moments.pop() for year, moments in days.items()}
            numbers = indicator.numbers(layer.values(), by, self.within)
            for (year, part), number in numbers.items():
                found[layer[year], part] = number
            days = {year: moments for year, moments in days.items() if moments}
        self._numbers[key] = Counted(found, by)
        return self._numbers[key]

    # Figures ---------------------------------------------------------------------

    def _measured(
        self, indicator: Indicator, by: str, years: frozenset[int] | None
    ) -> Series:
        counted = self._counted(indicator, by, years)
        stored = self._rows(indicator, by)
        places = {
            (moment.fiscal_year, part)
            for moment, part in counted.numbers
            if moment == self._moment(indicator, moment.fiscal_year)
        }
        places |= {p for p in stored if years is None or p[0] in years}
        found = {}
        for place in places:
            for row in reversed(stored.get(place, [None])):
                moment = self._place_moment(indicator, place, row)
                number = counted.number(moment, place[1])
                if self.is_frozen(indicator, by, place[0]):
                    number = frozen_number(stored[place][0], moment)
                figure = measured_figure(indicator, by, place[1], moment, number, row)
                # The stronger comes later, and keeps what it replaces.
                found[place] = replacing(figure, found.get(place))
            found[place] = self._finished(found[place], by, place)
        return found

    def _ratios(self, ratio: Ratio, by: str, years: frozenset[int] | None) -> Series:
        over, under = ratio_parts(ratio)
        stored = self._rows(ratio, by)
        places = {p for p in stored if years is None or p[0] in years}
        places |= set(self.series(under, by, years))
        found = {}
        for place in places:
            for row in reversed(stored.get(place, [None])):
                moment = self._place_moment(ratio, place, row)
                parts = [self._part(i, by, place, moment, years) for i in (over, under)]
                if row is not None or all(parts):
                    figure = ratio_figure(ratio, by, place[1], moment, parts, row)
                    found[place] = replacing(figure, found.get(place))
            if place in found:
                found[place] = self._finished(found[place], by, place)
        return found

    def _part(
        self,
        indicator: Indicator,
        by: str,
        place: Place,
        moment: Moment,
        years: frozenset[int] | None,
    ) -> Figure | None:
        """Return a ratio's part as of the ratio's own day; None when it is unknown."""
        shown = self.series(indicator, by, years).get(place)
        if shown is None or shown.moment != moment:
            number = None
            if not self.is_frozen(indicator, by, place[0]):
                number = self._counted(indicator, by, years).number(moment, place[1])
            if number is None:
                return None
            shown = measured_figure(indicator, by, place[1], moment, number, None)
        if indicator not in self.indicators:
            return replace(shown, rows=None)
        return shown
