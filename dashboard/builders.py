"""Putting a figure together from what is stored and what the rows give."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from municipalities.prefectures import PREFECTURES

from .figures import Amount, Figure, Status
from .indicators import WHOLE, Indicator, Moment, Number, Ratio, registry
from .models import AnnualFigure, Remark


def ratio_parts(ratio: Ratio) -> tuple[Indicator, Indicator]:
    """Return numerator and denominator."""
    return registry[ratio.numerator], registry[ratio.denominator]


def measured_figure(
    indicator: Indicator,
    by: str,
    part: str,
    moment: Moment,
    number: Number | None,
    row: AnnualFigure | None,
) -> Figure:
    """Return what is stored, else the number; the number stands beside it."""
    computed = Amount(number.value) if number else None
    return Figure(
        indicator=indicator,
        moment=moment,
        breakdown=f"{by}={part}" if by else WHOLE,
        name=part_name(indicator, by, part, number),
        amount=_stored_amount(row) if row else computed or Amount(None),
        computed=computed,
        rows=number.rows if number else None,
        **_told(row, moment),
    )


def ratio_figure(
    ratio: Ratio,
    by: str,
    part: str,
    moment: Moment,
    parts: Sequence[Figure | None],
    row: AnnualFigure | None,
) -> Figure:
    """Return the stored ratio, else that of its two parts, which stay with it.

    A part may be None only beside a stored ratio.
    """
    computed = [figure.computed_value for figure in parts if figure]
    told = _told(row, moment)
    if row:
        amount = _stored_amount(row)
        sides = zip(ratio_parts(ratio), parts, amount[1:], strict=True)
        known = [_stated(*side, moment) for side in sides if side[2] is not None]
    else:
        known = [figure for figure in parts if figure]
        amount = Amount(None, *(figure.value for figure in known))
        told["status"] = Status.weaker(*(figure.status for figure in known))
        told["is_break"] = any(figure.is_break for figure in known)
    notes = [*told.pop("notes"), *(note for figure in known for note in figure.notes)]
    names = [figure.name for figure in known if figure.name not in ("", part)]
    return Figure(
        indicator=ratio,
        moment=moment,
        breakdown=f"{by}={part}" if by else WHOLE,
        name=next(iter(names), part),
        amount=amount,
        computed=Amount(None, *computed) if _complete(computed) else None,
        notes=tuple(dict.fromkeys(notes)),
        parts=tuple(known),
        **told,
    )


def part_name(indicator: Indicator, by: str, part: str, number: Number | None) -> str:
    """Return what a part of a breakdown is called; empty for the whole."""
    if not by:
        return ""
    if not part:
        return _("Not recorded")
    if number and number.name:
        return number.name
    if by == "prefecture" and part.isdecimal() and 0 < int(part) <= len(PREFECTURES):
        return PREFECTURES[int(part) - 1]
    return indicator.choices(by).get(part, part)


def frozen_number(row: AnnualFigure, moment: Moment) -> Number | None:
    """Return what the rows gave when the year was closed; None as of another day."""
    is_closed = row.status == Status.CLOSED and row.value is not None
    if not is_closed or row.row_count is None or row.as_of != moment.as_of:
        return None
    return Number(row.value, row.row_count, row.name)


def replacing(figure: Figure, weaker: Figure | None) -> Figure:
    """Return a figure that stands in place of a weaker one, and says what that said."""
    if weaker is None:
        return figure
    return replace(
        figure,
        replaced=weaker,
        notes=tuple(dict.fromkeys((*weaker.notes, *figure.notes))),
        is_break=figure.is_break or weaker.is_break,
        printed=figure.printed or weaker.printed,
        source=figure.source or weaker.source,
    )


def with_remarks(
    figure: Figure, former: Iterable[AnnualFigure], remarks: Iterable[Remark]
) -> Figure:
    """Return a figure with its former versions and the remarks beside it."""
    kinds = Remark.Kind
    notes = [r.text for r in remarks if r.kind in (kinds.NOTE, kinds.BREAK)]
    return replace(
        figure,
        former=tuple((row.closing.version, _stored_amount(row)) for row in former),
        corrections=tuple(r for r in remarks if r.kind == kinds.CORRECTION),
        notes=tuple(dict.fromkeys((*figure.notes, *filter(None, notes)))),
        is_break=figure.is_break or any(r.kind == kinds.BREAK for r in remarks),
    )


def _complete(numbers: Sequence) -> bool:
    return len(numbers) == 2 and None not in numbers


def _stated(
    indicator: Indicator, figure: Figure | None, stated: Any, moment: Moment
) -> Figure:
    """Return a part with the amount that the stored ratio states."""
    figure = figure or Figure(
        indicator=indicator,
        moment=moment,
        as_of=moment.as_of,
        amount=Amount(None),
        status=Status.PUBLISHED,
    )
    return replace(figure, amount=Amount(stated))


def _stored_amount(row: AnnualFigure) -> Amount:
    return Amount(row.value, row.numerator, row.denominator)


def _told(row: AnnualFigure | None, moment: Moment) -> dict[str, Any]:
    """Return what is known of a figure beside its number."""
    if row is None:
        return {"as_of": moment.as_of, "status": Status.PROVISIONAL, "notes": ()}
    return {
        "as_of": row.as_of,
        "status": Status(row.status),
        "notes": (row.note,) if row.note else (),
        "printed": row.printed,
        "source": row.source,
        "is_break": row.is_break,
    }
