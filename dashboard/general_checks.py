"""The checks that look at every figure, whatever program declares it."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import fiscal
from core.templatetags.tsunagari import number

from .book import Series, breakdowns
from .checks import Check, Context, Finding, register
from .figures import Figure, change, rounded
from .indicators import WHOLE, Flow, Indicator, Ratio
from .pages import PAGE, read_series
from .templatetags.figures import signed

# Small numbers are alike by nature; from here on it is worth a look.
WORTH_A_LOOK = 100
# So many that they are compared only where a publication printed them.
MANY = "municipality"


def _shown(indicator: Indicator, value: Decimal | None) -> str:
    return number(value, indicator.decimals)


def _named(figure: Figure) -> str:
    """Return what a figure is called: the indicator, and the part."""
    label = str(figure.indicator.label)
    return f"{label} {figure.name}" if figure.name else label


def _page(indicator: Indicator, year: int, by: str = WHOLE) -> str:
    """Return the page with the figures of the indicator's program."""
    url = reverse("dashboard:program", args=[indicator.app_label])
    return f"{url}?year={year}&by={by}#parts" if by else f"{url}?year={year}"


def _finding(
    figure: Figure, text: str, year: int | None = None, **values: Any
) -> Finding:
    """Return a finding about a figure, which opens its rows where there are any."""
    words = {"figure": _named(figure), **values}
    return Finding(
        text=text % words,
        url=figure.url or _page(figure.indicator, figure.fiscal_year, figure.by),
        year=year,
        indicator=figure.indicator.key,
    )


def _wholes(context: Context) -> Iterator[tuple[Indicator, Series]]:
    """Yield every figure with its years; `cannot_be_computed` tells which fail."""
    for indicator in context.book.indicators:
        series = read_series(context.book, indicator)
        if series is not None:
            yield indicator, series


def _years(context: Context) -> list[int]:
    # The same for every check, so that the book asks for each breakdown once.
    return [context.year - 1, context.year]


def _breakdowns(context: Context, indicator: Indicator) -> list[str]:
    """Return the breakdowns that are looked at."""
    printed = context.book.stored_breakdowns(indicator, context.year)
    return [by for by in breakdowns(indicator) if by != MANY or by in printed]


def _parts(context: Context, indicator: Indicator, by: str) -> Series:
    return read_series(context.book, indicator, by, _years(context)) or {}


def _in_year(series: Series, year: int) -> dict[str, Figure]:
    return {part: figure for (one, part), figure in series.items() if one == year}


def cannot_be_computed(context: Context) -> Iterator[Finding]:
    """Find the figures that fail, which the other checks cannot look at."""
    for indicator in context.book.indicators:
        asked = [(WHOLE, None)]
        asked += [(by, _years(context)) for by in _breakdowns(context, indicator)]
        for by, years in asked:
            if read_series(context.book, indicator, by, years) is None:
                yield Finding(
                    text=str(indicator.label),
                    url=_page(indicator, context.year),
                    indicator=indicator.key,
                )
                break


def same_as_another_year(context: Context) -> Iterator[Finding]:
    """Find sums that stand in another year too, published or computed."""
    text = _("%(figure)s: %(value)s, as in %(other)s")
    for indicator, series in _wholes(context):
        figure = series.get((context.year, WHOLE))
        if figure is None or not isinstance(indicator, Flow):
            continue
        values = _values(figure)
        for (year, _part), other in series.items():
            common = sorted(values & _values(other))
            if year != context.year and common:
                value = _shown(indicator, common[0])
                label = fiscal.label(year)
                yield _finding(figure, text, year, value=value, other=label)


def _values(figure: Figure) -> set[Decimal]:
    """Return the number shown and the one from rows, as people read them."""
    decimals = figure.indicator.decimals
    known = (figure.value, figure.computed_value)
    found = {rounded(value, decimals) for value in known if value is not None}
    return {value for value in found if value >= WORTH_A_LOOK}


def far_from_the_year_before(context: Context) -> Iterator[Finding]:
    """Find figures that changed by more than the percentage since the year before.

    A rate may change by so many points. A sum of a running year is looked at only when
    it has already passed the whole year before by so much.
    """
    for _indicator, series in _wholes(context):
        figure = series.get((context.year, WHOLE))
        before = series.get((context.year - 1, WHOLE))
        moved = change(figure, before)
        if figure is None or before is None or moved is None:
            continue
        if moved.share is not None:
            is_far = moved.share > 100 + context.change_percent
        elif figure.parts:
            is_far = abs(moved.difference) > context.change_percent
        elif moved.percent is None:  # after a zero
            is_far = bool(moved.difference)
        else:
            is_far = abs(moved.percent) > context.change_percent
        if is_far:
            yield _far(figure, before, moved.difference, moved.percent)


def _far(
    figure: Figure, before: Figure, difference: Decimal, percent: Decimal | None
) -> Finding:
    indicator = figure.indicator
    step = signed(difference, indicator.decimals)
    if percent is not None:
        step = f"{step}, {signed(percent, 1)}%"
    return _finding(
        figure,
        _("%(figure)s: %(value)s, %(before)s the year before (%(step)s)"),
        value=_shown(indicator, figure.value),
        before=_shown(indicator, before.value),
        step=step,
    )


def parts_that_do_not_add_up(context: Context) -> Iterator[Finding]:
    """Find breakdowns whose parts give another sum than the whole.

    Printed parts are held against the printed whole, counted ones against the count.
    """
    text = _(
        "%(figure)s: the parts by %(by)s add up to %(sum)s, the whole is %(value)s"
    )
    for indicator, series in _wholes(context):
        whole = series.get((context.year, WHOLE))
        if whole is None or isinstance(indicator, Ratio):
            continue
        for by in _breakdowns(context, indicator):
            if not indicator.by[by].adds_up:
                continue
            parts = _in_year(_parts(context, indicator, by), context.year).values()
            for total, value, slack in _sums(whole, parts):
                if abs(total - value) > slack:
                    yield _finding(
                        whole,
                        text,
                        by=indicator.by[by].label,
                        sum=_shown(indicator, total),
                        value=_shown(indicator, value),
                    )


def _sums(
    whole: Figure, parts: Iterable[Figure]
) -> Iterator[tuple[Decimal, Decimal, Decimal]]:
    """Yield (sum of parts, whole, difference that rounding explains)."""
    indicator = whole.indicator
    step = Decimal(1).scaleb(-indicator.decimals)
    printed = [part.value for part in parts if part.is_stored]
    if whole.is_stored and whole.value is not None and printed:
        # Each is printed rounded, unless one row is one.
        rounds = getattr(indicator, "per", 1) != 1
        slack = step * (len(printed) + 1) / 2 if rounds else Decimal(0)
        yield sum(v for v in printed if v is not None), whole.value, slack
    counted = [part.computed_value for part in parts if part.moment == whole.moment]
    if whole.computed_value is not None and any(v is not None for v in counted):
        yield sum(v for v in counted if v is not None), whole.computed_value, step / 2


def nothing_where_others_have_rows(context: Context) -> Iterator[Finding]:
    """Find figures that are zero or missing between years that have some, or after one.

    Years before the first known one are no gap, nor are those long after the last.
    Of a year that has some, the parts are looked at: those that had rows the year
    before, and have none now.
    """
    for indicator, series in _wholes(context):
        if isinstance(indicator, Ratio):
            continue
        known = {year for (year, _part), figure in series.items() if figure.value}
        if context.year in known:
            yield from _lost_parts(context, indicator)
        elif known and min(known) < context.year <= max(known) + 1:
            yield _gap(context, indicator, series.get((context.year, WHOLE)))


def _gap(context: Context, indicator: Indicator, figure: Figure | None) -> Finding:
    text = _("%(figure)s: 0") if figure else _("%(figure)s: nothing is recorded")
    return Finding(
        text=text % {"figure": indicator.label},
        url=(figure and figure.url) or _page(indicator, context.year),
        indicator=indicator.key,
    )


def _lost_parts(context: Context, indicator: Indicator) -> Iterator[Finding]:
    text = _("%(figure)s: nothing now, %(before)s the year before")
    for by in breakdowns(indicator):
        # Of many places some have nothing in any year.
        if by == MANY:
            continue
        series = _parts(context, indicator, by)
        now = _in_year(series, context.year)
        for part, before in _in_year(series, context.year - 1).items():
            if part and before.value and not (part in now and now[part].value):
                value = _shown(indicator, before.value)
                yield Finding(
                    text=text % {"figure": _named(before), "before": value},
                    url=before.url or _page(indicator, context.year - 1, by),
                    year=context.year - 1,
                    indicator=indicator.key,
                )


def published_and_computed_differ(context: Context) -> Iterator[Finding]:
    """Find figures and parts that are published or closed and differ from the rows."""
    text = _("%(figure)s: %(status)s %(value)s, the rows give %(computed)s")
    for indicator, series in _wholes(context):
        figures = [series.get((context.year, WHOLE))]
        for by in context.book.stored_breakdowns(indicator, context.year):
            figures += _in_year(_parts(context, indicator, by), context.year).values()
        for figure in figures:
            if figure is not None and figure.is_different:
                yield _finding(
                    figure,
                    text,
                    status=figure.status.label,
                    value=_shown(indicator, figure.value),
                    computed=_shown(indicator, figure.computed_value),
                )


register(
    Check(
        key="dashboard.computable",
        label=gettext_lazy("Every figure can be computed"),
        remedy=gettext_lazy("Tell the administrator; the log has the reason."),
        find=cannot_be_computed,
        permission=PAGE,
        order=10,
    )
)
register(
    Check(
        key="dashboard.differences",
        label=gettext_lazy("Published figures are what the rows give"),
        remedy=gettext_lazy(
            "Find out which is right. Complete the rows, or note why they differ."
        ),
        find=published_and_computed_differ,
        permission=PAGE,
        order=20,
    )
)
register(
    Check(
        key="dashboard.same_value",
        label=gettext_lazy("No sum stands in two years"),
        remedy=gettext_lazy(
            "Make sure that the number was not copied from the other year."
        ),
        find=same_as_another_year,
        permission=PAGE,
        order=30,
    )
)
register(
    Check(
        key="dashboard.change",
        label=gettext_lazy("No figure is far from the year before"),
        remedy=gettext_lazy(
            "Look for rows that are missing or recorded twice. If the change is real, "
            "note the reason."
        ),
        find=far_from_the_year_before,
        permission=PAGE,
        order=40,
    )
)
register(
    Check(
        key="dashboard.parts",
        label=gettext_lazy("The parts add up to the whole"),
        remedy=gettext_lazy("Compare the parts with their source."),
        find=parts_that_do_not_add_up,
        permission=PAGE,
        order=50,
    )
)
register(
    Check(
        key="dashboard.gaps",
        label=gettext_lazy("Nothing is missing that other years have"),
        remedy=gettext_lazy(
            "Record what is missing. What really did not take place stays empty."
        ),
        find=nothing_where_others_have_rows,
        permission=PAGE,
        order=60,
    )
)
