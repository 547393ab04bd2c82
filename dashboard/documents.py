"""The annual report of a year as plain data: made from figures, frozen as it is.

A document holds text, numbers written as text, lists and mappings only, all in
Japanese; a page renders nothing else. `build()` describes what is in it.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import fiscal
from core.filters import FIRST_YEAR
from core.programs import ProgramConfig, installed_programs
from core.templatetags.tsunagari import number

from . import contributions, pages
from .book import Book, Series, breakdowns
from .builders import ratio_parts
from .contributions import Contribution, Place
from .figures import Figure, Status
from .indicators import WHOLE, By, Indicator, Moment, Ratio
from .models import YearClosing

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

Document = dict[str, Any]
FORMAT = 1
YEARS = 5
# The section of the report's own introduction.
OPENING = ""
# Rows by municipality fill pages; the dashboard and the exports hold them.
TOO_FINE = "municipality"
# A breakdown with more parts is printed only where a publication printed its parts.
MOST_PARTS = 24


def years_of(year: int) -> range:
    """Return the years that the report of `year` tells of, the oldest first."""
    return range(max(FIRST_YEAR, year - YEARS + 1), year + 1)


def book_of(
    year: int, indicators: Iterable[Indicator], stored: QuerySet, **today: Any
) -> Book:
    """Return a book with the figures that the report of `year` needs."""
    years = years_of(year)
    in_years = Q(fiscal_year__gte=years[0], fiscal_year__lte=years[-1])
    fine = Q(breakdown__startswith=f"{TOO_FINE}=")
    only = Q(breakdown=WHOLE) | (in_years & ~fine)
    return Book(indicators, stored, only=only, since=years[0], **today)


def build(
    year: int,
    book: Book,
    *,
    texts: Mapping[str, str],
    may: Callable[[str], bool] = lambda permission: True,
) -> Document:
    """Return the report of `year`, a section per program that has something to say.

    texts: the introductions by section. may: tells whether the reader has the
    permission of a contribution. Per section: `figures`, each with a cell per year
    (None: not known) and its breakdowns, `notes` with their numbers, `contributions`.
    Queries: those of the book, one per indicator and breakdown, and those of the
    contributions; none of them grows with rows.
    """
    with translation.override(settings.LANGUAGE_CODE):
        sections = [
            _section(program, year, book, texts.get(program.label, ""), may)
            for program in installed_programs()
        ]
        first, last = date_format(fiscal.bounds(year)[0]), fiscal.last_day(year)
        words = {"first": first, "last": date_format(last), "year": fiscal.label(year)}
        years = years_of(year)
        closings = [book.closings[one] for one in years if one in book.closings]
        return {
            "format": FORMAT,
            "fiscal_year": year,
            "title": _("%(year)s: annual report on the welfare programs") % words,
            "period": _("%(first)s to %(last)s") % words,
            "years": [
                {"fiscal_year": one, "label": fiscal.label(one)} for one in years
            ],
            "introduction": texts.get(OPENING, ""),
            "sections": [s for s in sections if s["figures"] or s["contributions"]],
            "closings": [_closing(closing) for closing in closings],
        }


def _closing(closing: YearClosing) -> Document:
    return {
        "fiscal_year": closing.fiscal_year,
        "label": fiscal.label(closing.fiscal_year),
        "version": closing.version,
        "closed_on": date_format(localtime(closing.closed_at).date()),
        "closed_by": closing.closed_by_name,
        "sha256": closing.sha256,
    }


def _section(
    program: ProgramConfig,
    year: int,
    book: Book,
    introduction: str,
    may: Callable[[str], bool],
) -> Document:
    notes = _Notes()
    own = [i for i in book.indicators if i.app_label == program.label]
    figures = [_figure(book, indicator, years_of(year), notes) for indicator in own]
    moment = Moment.of(year, book.today)
    added = contributions.registry.of(program.label, Place.REPORT)
    told = [_contribution(one, moment) for one in added if may(one.permission)]
    return {
        "program": program.label,
        "title": str(program.verbose_name),
        "introduction": introduction,
        "figures": figures,
        "notes": notes.listed,
        "contributions": [one for one in told if one["data"]],
    }


def _contribution(one: Contribution, moment: Moment) -> Document:
    return {
        "key": one.key,
        "label": str(one.label),
        "permission": one.permission,
        "data": dict(one.data(moment)),
    }


# Figures ------------------------------------------------------------------------------


def _figure(book: Book, indicator: Indicator, years: range, notes: "_Notes") -> Any:
    series = pages.read_series(book, indicator, WHOLE, years)
    sides = ratio_parts(indicator) if isinstance(indicator, Ratio) else ()
    printed = [
        by for by in breakdowns(indicator) if _is_stored(book, indicator, by, years)
    ]
    parts = {by: pages.read_series(book, indicator, by, years) for by in printed}
    return {
        "indicator": indicator.key,
        "label": str(indicator.label),
        "unit": str(indicator.unit),
        "definition": str(indicator.definition),
        "permission": indicator.permission,
        "decimals": indicator.decimals,
        "counts_people": any(one.counts_people for one in (indicator, *sides)),
        "part_of": indicator.part_of,
        "ratio_of": [side.key for side in sides],
        "has_failed": series is None or None in parts.values(),
        "cells": [_cell((series or {}).get((one, WHOLE)), notes) for one in years],
        "breakdowns": [
            found
            for by, known in parts.items()
            if (found := _breakdown(indicator, by, known or {}, years, notes))
        ],
    }


def _breakdown(
    indicator: Indicator, by: str, series: Series, years: range, notes: "_Notes"
) -> Document | None:
    """Return a row per part that is known in one of the years; None without any."""
    latest = {figure.key: figure for figure in series.values()}
    if len(latest) > MOST_PARTS:
        printed = {f.key for f in series.values() if _was_published(f)}
        latest = {key: figure for key, figure in latest.items() if key in printed}
    rows = [
        {
            "key": part.key,
            "label": part.name,
            "cells": [_cell(series.get((one, part.key)), notes) for one in years],
        }
        for part in pages.in_order(latest.values(), by)
    ]
    dimension = breakdowns(indicator)[by]
    return (
        {
            "by": by,
            "label": str(dimension.label),
            "adds_up": dimension.adds_up,
            "determines": _determined(dimension, breakdowns(indicator)),
            "rows": rows,
        }
        if rows
        else None
    )


def _was_published(figure: Figure) -> bool:
    return figure.status is Status.PUBLISHED or figure.replaced is not None


def _is_stored(book: Book, indicator: Indicator, by: str, years: range) -> bool:
    """Tell whether parts were published or frozen in one of the years, and are few."""
    return by != TOO_FINE and any(
        book.is_frozen(indicator, by, one)
        or by in book.stored_breakdowns(indicator, one)
        for one in years
    )


def _determined(finer: By, others: Mapping[str, By]) -> list[str]:
    """Return the breakdowns whose part may follow from this one's: a hub's prefecture.

    Those that are reached through the same relation; some of them may not follow, and
    are hidden from the public more often than needed.
    """
    owner = finer.path.rpartition("__")[0]
    return [
        name
        for name, other in others.items()
        if owner and other is not finer and other.path.startswith(f"{owner}__")
    ]


def _cell(figure: Figure | None, notes: "_Notes") -> Document | None:
    """Return what is printed of a figure; None for what is not known."""
    if figure is None or figure.value is None:
        return None
    amount = figure.amount
    day = None if figure.is_whole_year else figure.as_of
    cell = {
        "value": plain(figure.value),
        "text": number(figure.value, figure.indicator.decimals),
        "status": figure.status.value,
        "as_of": date_format(day) if day else "",
        "is_break": figure.is_break,
        "notes": [notes.number(kind, text) for kind, text in _said(figure)],
    }
    if amount.numerator is not None and amount.denominator is not None:
        cell["numerator"] = plain(amount.numerator)
        cell["denominator"] = plain(amount.denominator)
        cell["parts"] = f"{_exact(amount.numerator)}/{_exact(amount.denominator)}"
    return cell


def plain(value: Decimal) -> str:
    """Return a number with all its digits and nothing else: 73763.5."""
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _exact(value: Decimal) -> str:
    return number(value, len(plain(value).partition(".")[2]))


# Notes --------------------------------------------------------------------------------


class _Notes:
    """The footnotes of a section, numbered as they are first needed."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], int] = {}

    def number(self, kind: str, text: str) -> int:
        """Return the number of a footnote; what is said twice is printed once."""
        return self._numbers.setdefault((kind, text), len(self._numbers) + 1)

    @property
    def listed(self) -> list[Document]:
        """The footnotes in their order."""
        return [
            {"number": number, "kind": kind, "text": text}
            for (kind, text), number in self._numbers.items()
        ]


def _said(figure: Figure) -> Iterable[tuple[str, str]]:
    """Yield kind and text of everything that is to be said of a figure."""
    decimals = figure.indicator.decimals
    if figure.is_break:
        yield "break", _("Break in series: not comparable with the years before.")
    for note in figure.notes:
        yield "note", note
    if figure.printed:
        yield "printed", _("Printed: %(text)s") % {"text": figure.printed}
    if figure.is_replaced:
        shown = number(figure.replaced.value, decimals)  # type: ignore[union-attr]
        yield "value", _("Published before closing: %(number)s") % {"number": shown}
    for version, value in figure.other_versions:
        words = {"version": version, "number": number(value, decimals)}
        yield "value", _("Closing, version %(version)s: %(number)s") % words
    if figure.is_different:
        shown = number(figure.computed_value, decimals)
        yield "value", _("Computed from the records: %(number)s") % {"number": shown}
    for remark in figure.corrections:
        yield "correction", _correction(remark)
    if figure.source:
        yield "source", _("Source: %(source)s") % {"source": figure.source}


def _correction(remark: Any) -> str:
    day = date_format(localtime(remark.recorded_at).date())
    text = _("Correction of %(day)s: %(text)s") % {"day": day, "text": remark.text}
    if remark.value is not None:
        right = _exact(remark.value)
    elif remark.numerator is not None:
        right = f"{_exact(remark.numerator)}/{_exact(remark.denominator)}"
    else:
        right = ""
    if right:
        text += pgettext("correction", " (right value: %(value)s)") % {"value": right}
    if remark.source:
        source = {"source": remark.source}
        text += pgettext("correction", " (source: %(source)s)") % source
    return text


def with_notes_in_use(section: Document) -> Document:
    """Return a section with only the footnotes that a cell still names, renumbered."""
    section = deepcopy(section)
    by_number = {note["number"]: note for note in section["notes"]}
    numbers: dict[int, int] = {}
    for cell in cells_of(section):
        for old in cell["notes"]:
            numbers.setdefault(old, len(numbers) + 1)
        cell["notes"] = [numbers[old] for old in cell["notes"]]
    section["notes"] = [by_number[old] | {"number": n} for old, n in numbers.items()]
    return section


def cells_of(section: Document) -> Iterable[Document]:
    """Yield every known cell of a section, row by row."""
    for figure in section["figures"]:
        rows = [figure, *(r for by in figure["breakdowns"] for r in by["rows"])]
        for row in rows:
            yield from (cell for cell in row["cells"] if cell)


# Reading ------------------------------------------------------------------------------


def readable(
    document: Document, user: "AbstractBaseUser | AnonymousUser"
) -> tuple[Document, int]:
    """Return what `user` may read of a document, and how many figures are left out."""
    sections, hidden = [], 0
    for section in document["sections"]:
        kept = {
            name: [one for one in section[name] if user.has_perm(one["permission"])]
            for name in ("figures", "contributions")
        }
        hidden += len(section["figures"]) - len(kept["figures"])
        if any(kept.values()):
            sections.append(with_notes_in_use(section | kept))
    return document | {"sections": sections}, hidden


def canonical(document: Document) -> bytes:
    """Return the bytes that are hashed: JSON with sorted keys and no spaces, UTF-8."""
    written = json.dumps(
        document, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return written.encode()


def fingerprint(document: Document) -> str:
    """Return the SHA-256 of a document, in hexadecimal digits."""
    return hashlib.sha256(canonical(document)).hexdigest()
