"""Lists of figures: what the command, the API and the exports hand out."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from .book import Book, breakdowns
from .figures import Amount, Figure, plain_number
from .indicators import WHOLE, Indicator


@dataclass(frozen=True)
class Selection:
    """Which figures are asked for; what is None or empty narrows nothing.

    years: from the first to the last, both included. breakdown: one part
    (`channel=store`), all parts by a name (`channel`), or wholes only (empty text).
    status: as `Figure.status`.
    """

    years: range | None = None
    breakdown: str | None = None
    status: str = ""

    @property
    def by(self) -> str | None:
        """The name of the breakdown asked for; None for all."""
        return None if self.breakdown is None else self.breakdown.partition("=")[0]

    @property
    def stored(self) -> Q:
        """What of the stored is needed; the wholes tell as of which day to count."""
        found = Q()
        if self.years is not None:
            found &= Q(fiscal_year__range=(self.years[0], self.years[-1]))
        if self.by is not None:
            found &= Q(breakdown=WHOLE) | Q(breakdown__startswith=f"{self.by}=")
        return found

    def has(self, figure: Figure) -> bool:
        """Tell whether a figure of the right year and breakdown is asked for."""
        is_part = self.breakdown is not None and "=" in self.breakdown
        if is_part and figure.breakdown != self.breakdown:
            return False
        return self.status in ("", figure.status)


EVERYTHING = Selection()


def list_figures(
    indicators: Iterable[Indicator],
    stored: QuerySet,
    *,
    today: dt.date,
    selection: Selection = EVERYTHING,
) -> Iterator[Figure]:
    """Yield every stored figure, and the computed one wherever none is stored.

    The whole comes before its parts, the oldest year first; a published figure whose
    year was closed since follows the closed one. One query per indicator and
    breakdown, and two more.
    """
    years = selection.years
    first = None if years is None else years[0]
    book = Book(indicators, stored, today=today, only=selection.stored, since=first)
    for indicator in book.indicators:
        for by in (WHOLE, *breakdowns(indicator)):
            if selection.by not in (None, by):
                continue
            for figure in book.series(indicator, by, years).values():
                for one in (figure, figure.replaced):
                    if one is not None and selection.has(one):
                        yield one


def entry(figure: Figure) -> dict[str, Any]:
    """Return a figure as an object for JSON."""
    return {
        "indicator": figure.indicator.key,
        "fiscal_year": figure.fiscal_year,
        "as_of": figure.as_of.isoformat() if figure.as_of else None,
        "breakdown": figure.breakdown,
        "value": plain_number(figure.value),
        "status": figure.status.value,
        "computed": plain_number(figure.computed_value),
        "numerator": plain_number(figure.amount.numerator),
        "denominator": plain_number(figure.amount.denominator),
        "unit": str(figure.indicator.unit),
        "name": figure.name,
        "rows": figure.rows,
        "printed": figure.printed,
        "note": "\n".join(figure.notes),
        "source": figure.source,
        "is_break": figure.is_break,
        "corrections": [correction_text(one) for one in figure.corrections],
    }


def correction_text(remark: Any) -> str:
    """Return a correction (訂正) in one line: text, right value, source."""
    amount = Amount(remark.value, remark.numerator, remark.denominator)
    right = plain_number(amount.shown)
    parts = [remark.text, "" if right is None else f"→ {right}", remark.source]
    return " / ".join(part for part in parts if part)
