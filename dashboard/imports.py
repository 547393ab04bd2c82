"""Bringing in published figures: all or nothing, and never a silent change."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Any, BinaryIO, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from core import fiscal
from core.dates import parse_date
from core.filters import FIRST_YEAR
from core.spreadsheets.reading import Column, Reading, Row
from core.text import parse_count
from municipalities.codes import validate_code
from municipalities.prefectures import PREFECTURES

from .book import breakdowns
from .indicators import Indicator, Ratio, registry
from .models import AnnualFigure, Remark

COLUMNS = (
    Column("indicator", ("指標",)),
    Column("fiscal_year", ("年度",)),
    Column("value", ("値",)),
    Column("as_of", ("時点",), is_required=False),
    Column("breakdown", ("内訳",), is_required=False),
    Column("unit", ("単位",), is_required=False),
    Column("note", ("注",), is_required=False),
    Column("printed", ("掲載文字",), is_required=False),
    Column("source", ("出典",), is_required=False),
    Column("correction", ("訂正",), is_required=False),
)
LAST_YEAR = 2100
NUMBER = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,13})(\.\d{1,4})?", re.ASCII)
Key = tuple[str, int, str]


class Outcome(NamedTuple):
    """How many rows were read, and what became of them."""

    read: int
    created: int
    changed: int
    unchanged: int
    corrections: int


def import_figures(
    *, file: BinaryIO, filename: str, source: str = "", dry_run: bool = False
) -> Outcome:
    """Record the published figures of a CSV file or a workbook.

    Running it again changes nothing but notes and printed texts. A row that says
    another value than the one published is refused, unless it is marked as a correction
    and names its source: then it is recorded beside the figure, which stays. Raises
    SpreadsheetError with every wrong row. Three queries and the writing.
    """
    reading = Reading(file, filename, COLUMNS)
    batch = _sort(reading, source or filename)
    reading.finish()
    if not dry_run:
        with transaction.atomic():
            AnnualFigure.objects.bulk_create(batch.created)
            AnnualFigure.objects.bulk_update(batch.changed, ["note", "printed"])
            Remark.objects.bulk_create(batch.corrections)
    counts = [len(rows) for rows in batch]
    unchanged = reading.read - sum(counts)
    return Outcome(reading.read, counts[0], counts[1], unchanged, counts[2])


class _Batch(NamedTuple):
    created: list[AnnualFigure]
    changed: list[AnnualFigure]
    corrections: list[Remark]


def _sort(reading: Reading, source: str) -> _Batch:
    """Return what the rows of the file bring; wrong rows are refused."""
    published = AnnualFigure.objects.filter(status=AnnualFigure.Status.PUBLISHED)
    existing = {_key(figure): figure for figure in published}
    recorded = {_said(remark) for remark in Remark.objects.corrections()}
    seen: dict[Key, int] = {}
    batch = _Batch([], [], [])
    for row in reading.rows():
        figure = _read(reading, row, source)
        if figure is None:
            continue
        first = seen.setdefault(_key(figure), row.number)
        known = existing.get(_key(figure))
        if first != row.number:
            why = _("Row %(row)d says this figure already.") % {"row": first}
            reading.refuse(row, "indicator", why)
        elif known is None:
            batch.created.append(figure)
        elif difference := _difference(known, figure):
            if not row.text("correction") or difference[0] != "value":
                reading.refuse(row, *difference)
            elif (remark := _correction(reading, row, figure)) and _said(
                remark
            ) not in recorded:
                batch.corrections.append(remark)
        elif (known.note, known.printed) != (figure.note, figure.printed):
            known.note, known.printed = figure.note, figure.printed
            batch.changed.append(known)
    return batch


def _correction(reading: Reading, row: Row, figure: AnnualFigure) -> Remark | None:
    """Return the correction of a row; None, and the row refused, without a source."""
    if not row.text("source"):
        why = _("Say where the correction was published.")
        reading.refuse(row, "source", why)
        return None
    return Remark(
        kind=Remark.Kind.CORRECTION,
        indicator=figure.indicator,
        fiscal_year=figure.fiscal_year,
        breakdown=figure.breakdown,
        text=figure.note or _("The publication was corrected."),
        value=figure.value,
        numerator=figure.numerator,
        denominator=figure.denominator,
        source=figure.source,
    )


def _said(remark: Remark) -> tuple:
    """Return what a correction says; a second one that says it is the same."""
    place = (remark.indicator, remark.fiscal_year, remark.breakdown)
    return (*place, remark.value, remark.numerator, remark.denominator, remark.source)


def _key(figure: AnnualFigure) -> Key:
    return figure.indicator, figure.fiscal_year, figure.breakdown


def _read(reading: Reading, row: Row, source: str) -> AnnualFigure | None:
    """Return the figure of a row; None when the row was refused."""
    refused = len(reading.problems)

    def read(column: str, parse: Callable[[str], Any]) -> Any:
        try:
            return parse(row.text(column))
        except ValidationError as error:
            reading.refuse(row, column, error)
            return None

    indicator = read("indicator", _parse_indicator)
    year = read("fiscal_year", _parse_year)
    if indicator is None or year is None:
        return None
    figure = AnnualFigure(
        indicator=indicator.key,
        fiscal_year=year,
        status=AnnualFigure.Status.PUBLISHED,
        as_of=read("as_of", lambda text: _parse_day(text, year)),
        breakdown=read("breakdown", lambda text: parse_breakdown(text, indicator)),
        note=row.text("note"),
        printed=read("printed", lambda text: _short(text, "printed")),
        source=read("source", lambda text: _short(text or source, "source")),
    )
    amount = read("value", lambda text: parse_amount(text, indicator))
    if len(reading.problems) > refused:
        return None
    if isinstance(indicator, Ratio):
        figure.numerator, figure.denominator = amount
    else:
        figure.value = amount
    return figure


def _difference(known: AnnualFigure, figure: AnnualFigure) -> tuple[str, str] | None:
    """Return column and reason when a published figure would change; None if not."""
    names = ("value", "numerator", "denominator")
    if any(getattr(known, name) != getattr(figure, name) for name in names):
        why = _(
            "%(value)s is published already. A published figure does not change; mark "
            "the row as a correction, with its source, to record one beside it."
        )
        return "value", why % {"value": _written(known)}
    if known.as_of != figure.as_of:
        why = _("This figure is published already as of %(day)s.")
        return "as_of", why % {"day": known.as_of or "–"}
    return None


def _written(figure: AnnualFigure) -> str:
    parts = (figure.numerator, figure.denominator)
    numbers = [figure.value] if figure.value is not None else parts
    return "/".join(f"{number:f}".rstrip("0").rstrip(".") for number in numbers)


def _parse_indicator(text: str) -> Indicator:
    if text not in registry:
        why = _("There is no figure “%(key)s”. Known are: %(keys)s.")
        app = f"{text.partition('.')[0]}."
        known = [one.key for one in registry if one.key.startswith(app)]
        keys = "、".join(known or (one.key for one in registry))
        raise ValidationError(why % {"key": text, "keys": keys})
    return registry[text]


def _parse_year(text: str) -> int:
    year = parse_count(text)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        why = _("A fiscal year lies between %(first)d and %(last)d.")
        raise ValidationError(why % {"first": FIRST_YEAR, "last": LAST_YEAR})
    return year


def _parse_day(text: str, year: int) -> dt.date | None:
    if not text:
        return None
    day = parse_date(text)
    if fiscal.fiscal_year_of(day) != year:
        why = _("%(day)s does not lie in %(year)s.")
        raise ValidationError(why % {"day": day, "year": fiscal.label(year)})
    return day


def parse_breakdown(text: str, indicator: Indicator) -> str:
    """Return a breakdown like `channel=store`. Raises ValidationError."""
    if not text:
        return ""
    by, _equals, key = text.partition("=")
    known = breakdowns(indicator)
    if by not in known or not key or "=" in key or len(text) > 100:
        why = _("Write a breakdown like channel=store. Known are: %(names)s.")
        raise ValidationError(why % {"names": "、".join(known) or "–"})
    _check_part(indicator, by, key)
    return text


def _check_part(indicator: Indicator, by: str, key: str) -> None:
    if by == "municipality":
        validate_code(key)
    known = set(indicator.choices(by))
    if by == "prefecture":
        known = {f"{i:02}" for i in range(1, len(PREFECTURES) + 1)}
    if known and key not in known:
        why = _("“%(key)s” is none of: %(keys)s.")
        raise ValidationError(why % {"key": key, "keys": "、".join(sorted(known))})


def parse_amount(text: str, indicator: Indicator) -> Any:
    """Return a number, for a ratio both its parts. Raises ValidationError."""
    if not isinstance(indicator, Ratio):
        return _parse_number(text)
    over, slash, under = text.partition("/")
    if not slash:
        raise ValidationError(_("Write a ratio with its parts, such as 71/170."))
    parts = _parse_number(over), _parse_number(under)
    if not parts[1]:
        raise ValidationError(_("The second part of a ratio cannot be 0."))
    return parts


def _parse_number(text: str) -> Decimal:
    plain = unicodedata.normalize("NFKC", text).strip()
    if not NUMBER.fullmatch(plain):
        why = _("Enter a number of 0 or more, such as 116 or 1,065.5.")
        raise ValidationError(why)
    return Decimal(plain.replace(",", ""))


def _short(text: str, column: str) -> str:
    limit = AnnualFigure._meta.get_field(column).max_length
    if len(text) > limit:
        why = _("At most %(limit)d characters fit here.") % {"limit": limit}
        raise ValidationError(why)
    return text
