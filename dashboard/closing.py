"""Closing and reopening a fiscal year, and comparing what its versions say."""

import datetime as dt
import hashlib
import json
from collections.abc import Generator, Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from core import fiscal
from core.filters import FIRST_YEAR
from core.triggers import install as install_triggers

from . import checks, triggers
from .book import Book, breakdowns
from .figures import Amount, Figure
from .indicators import WHOLE, Indicator, registry
from .models import AnnualFigure, YearClosing
from .refusals import describe

# Who closes a year from the command line without naming a person.
COMMAND = "close_year"
BATCH = 500


class Step(NamedTuple):
    """How far closing has come: steps done, steps in all, what was done last."""

    done: int
    total: int
    label: str


def close_year(
    *,
    year: int,
    actor: User | None,
    at: dt.datetime,
    findings: Iterable[Mapping[str, Any]] = (),
) -> Generator[Step, None, YearClosing]:
    """Freeze every figure and every breakdown of `year`, all or nothing.

    A generator, so that progress can be shown: yields a `Step` after each breakdown
    and returns the closing; until then nothing is there for others. `findings` is what
    the checks had found. One query per indicator and breakdown, memory for the parts of
    one. Raises ValidationError when the year runs or is closed.
    """
    require_ended(year, fiscal.local_date(at))
    tasks = [(one, by) for one in registry for by in (WHOLE, *breakdowns(one))]
    # What is frozen is Japanese, whatever language the person reads.
    with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
        install_triggers()
        triggers.lock_year(year)
        closing = _begin(year, actor, at, findings)
        today = fiscal.local_date(at)
        _require_settled(year, _count(year, today))
        for done, (indicator, by) in enumerate(tasks, start=1):
            # A book of its own, so that no more than these parts are in memory.
            series = _count(year, today).series(indicator, by, [year])
            rows = [_frozen(closing, figure) for figure in series.values()]
            AnnualFigure.objects.bulk_create(rows, batch_size=BATCH)
            yield Step(done, len(tasks), _step_label(indicator, by))
        closing.scope = [f"{one.key} {by}".rstrip() for one, by in tasks]
        closing.sha256 = fingerprint(closing)
        closing.save()
    return closing


def finish(steps: Generator[Step, None, YearClosing]) -> YearClosing:
    """Run `close_year` to its end without showing progress."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return stop.value


def require_ended(year: int, today: dt.date) -> None:
    """Raise ValidationError unless the year has ended, and lies in the calendar."""
    running = fiscal.fiscal_year_of(today)
    if not FIRST_YEAR <= year <= running + 1:
        why = _("A fiscal year lies between %(first)d and %(last)d.")
        raise ValidationError(why % {"first": FIRST_YEAR, "last": running})
    if year >= running:
        why = _("%(year)s can be closed from %(day)s on.")
        day = fiscal.bounds(year)[1]
        shown = {"year": fiscal.label(year), "day": date_format(day)}
        raise ValidationError(why % shown)


def _begin(
    year: int,
    actor: User | None,
    at: dt.datetime,
    findings: Iterable[Mapping[str, Any]],
) -> YearClosing:
    versions = YearClosing.objects.filter(fiscal_year=year)
    if known := versions.standing().first():
        raise ValidationError(describe(known))
    return YearClosing.objects.create(
        fiscal_year=year,
        version=versions.count() + 1,
        last_day=fiscal.last_day(year),
        closed_at=at,
        closed_by=actor,
        closed_by_name=actor.get_full_name() if actor else COMMAND,
        findings=list(findings),
    )


def _count(year: int, today: dt.date) -> Book:
    """Return a book of what the rows of a year give, whatever is stored of it."""
    none = AnnualFigure.objects.none()
    return Book(registry, none, today=today, since=year, recounts=True)


def _require_settled(year: int, book: Book) -> None:
    """Raise ValidationError for what could not be settled in a closed year."""
    context = checks.Context(
        year=year,
        today=book.today,
        book=book,
        change_percent=Decimal(settings.CHECK_CHANGE_PERCENT),
    )
    blocking = [check for check in checks.registry if check.blocks]
    results = [checks.run_one(check, context) for check in blocking]
    open_ones = [result for result in results if not result.is_good]
    if open_ones:
        why = _("%(year)s cannot be closed yet. %(label)s: %(n)d found. %(remedy)s")
        first = open_ones[0]
        words = {"year": fiscal.label(year), "label": first.check.label}
        words |= {"n": first.total, "remedy": first.check.remedy}
        raise ValidationError(why % words)


def _frozen(closing: YearClosing, figure: Figure) -> AnnualFigure:
    return AnnualFigure(
        closing=closing,
        indicator=figure.indicator.key,
        fiscal_year=figure.fiscal_year,
        breakdown=figure.breakdown,
        status=AnnualFigure.Status.CLOSED,
        as_of=figure.as_of,
        value=figure.amount.value,
        numerator=figure.amount.numerator,
        denominator=figure.amount.denominator,
        row_count=figure.rows,
        name=figure.name[:200],
        label=str(figure.indicator.label),
        unit=str(figure.indicator.unit),
        definition=str(figure.indicator.definition),
        recorded_by=closing.closed_by,
    )


def _step_label(indicator: Indicator, by: str) -> str:
    label = str(indicator.label)
    return f"{label} / {breakdowns(indicator)[by].label}" if by else label


# The canonical list -------------------------------------------------------------------


def canonical(closing: YearClosing) -> str:
    """Return the canonical list of a closing: a line of JSON per figure, sorted.

    Numbers are written with four decimals, missing ones as null.
    """
    names = [
        "indicator",
        "fiscal_year",
        "breakdown",
        "name",
        "label",
        "unit",
        "definition",
        "value",
        "numerator",
        "denominator",
        "row_count",
        "as_of",
    ]
    rows = closing.figures.values(*names)
    ordered = sorted(rows, key=lambda row: (row["indicator"], row["breakdown"]))
    return "\n".join(
        json.dumps(row, ensure_ascii=False, sort_keys=True, default=_plain)
        for row in ordered
    )


def _plain(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, Decimal) else value.isoformat()


def fingerprint(closing: YearClosing) -> str:
    """Return the SHA-256 of the canonical list, in hexadecimal digits."""
    return hashlib.sha256(canonical(closing).encode()).hexdigest()


# Reopening, and what the versions say -------------------------------------------------


def reopen_year(
    *, year: int, actor: User | None, reason: str, at: dt.datetime
) -> YearClosing:
    """Reopen a closed year; its figures stay as a version. Returns the closing.

    Raises ValidationError when the year is not closed or no reason is given.
    """
    if not (reason := reason.strip()):
        raise ValidationError(_("Write why the year has to be reopened."))
    with transaction.atomic():
        triggers.lock_year(year)
        closing = YearClosing.objects.standing().filter(fiscal_year=year).first()
        if closing is None:
            why = _("%(year)s is not closed.") % {"year": fiscal.label(year)}
            raise ValidationError(why)
        closing.reopened_at, closing.reopened_by, closing.reason = at, actor, reason
        closing.save(update_fields=["reopened_at", "reopened_by", "reason"])
    return closing


class Difference(NamedTuple):
    """A figure of which two lists say different things; None where one says nothing."""

    indicator: str
    label: str
    name: str
    before: Amount | None
    after: Amount | None


def differences(before: YearClosing, after: YearClosing) -> list[Difference]:
    """Return what changed between two versions of a year. Two queries."""
    return _compare(_amounts(before.figures.all()), _amounts(after.figures.all()))


def recount(closing: YearClosing, today: dt.date) -> list[Difference]:
    """Return where the rows now give something else than was frozen.

    Rows of a closed year do not change; what they belong to may: a school moves to the
    successor of its municipality. One query per indicator and breakdown.
    """
    year = closing.fiscal_year
    book = _count(year, today)
    counted = [
        _frozen(closing, figure)
        for one in registry
        for by in (WHOLE, *breakdowns(one))
        if closing.covers(one.key, by)
        for figure in book.series(one, by, [year]).values()
    ]
    return _compare(_amounts(closing.figures.all()), _amounts(counted))


Amounts = dict[tuple[str, str], tuple[AnnualFigure, Amount]]


def _amounts(rows: Iterable[AnnualFigure]) -> Amounts:
    return {
        (row.indicator, row.breakdown): (
            row,
            Amount(*map(_exact, (row.value, row.numerator, row.denominator))),
        )
        for row in rows
    }


def _exact(number: Decimal | None) -> Decimal | None:
    return None if number is None else Decimal(number).quantize(Decimal("0.0001"))


def _compare(before: Amounts, after: Amounts) -> list[Difference]:
    found = []
    for key in sorted(before.keys() | after.keys()):
        (old, was), (new, now) = (
            before.get(key, (None, None)),
            after.get(key, (None, None)),
        )
        if was != now:
            row = new or old
            name = row.name or row.breakdown
            found.append(Difference(row.indicator, row.label, name, was, now))
    return found
