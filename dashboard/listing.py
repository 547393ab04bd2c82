"""Lists of figures: what the command, the API and the exports hand out."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet

from .book import Book, breakdowns
from .figures import Figure, plain_number
from .indicators import WHOLE, Indicator


def list_figures(
    indicators: Iterable[Indicator],
    stored: QuerySet,
    *,
    today: dt.date,
    year: int | None = None,
) -> Iterator[Figure]:
    """Yield every stored figure, and the computed one wherever none is stored.

    The whole comes before its parts, the oldest year first; a published figure whose
    year was closed since follows the closed one. One query per indicator and
    breakdown, and two more.
    """
    book = Book(indicators, stored, today=today, since=year)
    years = None if year is None else [year]
    for indicator in book.indicators:
        for by in (WHOLE, *breakdowns(indicator)):
            for figure in book.series(indicator, by, years).values():
                yield figure
                if figure.replaced:
                    yield figure.replaced


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
    }
