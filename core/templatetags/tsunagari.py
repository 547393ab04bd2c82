"""Template tags and filters that the whole project uses."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.utils.formats import number_format

from core import fiscal

register = template.Library()
MISSING = "–"


@register.filter
def number(value: Any, decimals: int = 0) -> str:
    """Show a number with separators, rounded half up; `–` when it is missing."""
    if value is None or value == "":
        return MISSING
    step = Decimal(1).scaleb(-int(decimals))
    rounded = Decimal(value).quantize(step, ROUND_HALF_UP)
    return number_format(rounded, decimal_pos=int(decimals), force_grouping=True)


@register.filter
def share(part: Any, whole: Any) -> str:
    """Show part of whole in per cent, half up, one decimal; `–` without a whole."""
    if part is None or not whole:
        return MISSING
    return f"{number(Decimal(part) * 100 / Decimal(whole), 1)}%"


@register.filter
def fiscal_label(year: int | None) -> str:
    """Show a fiscal year as people write it: 2016年度."""
    return MISSING if year is None else fiscal.label(int(year))


@register.filter
def hours(minutes: int | None) -> str:
    """Show minutes as hours, rounded half up to one decimal; `–` when missing."""
    return MISSING if minutes is None else number(Decimal(minutes) / 60, 1)


@register.filter
def lookup(mapping: Any, key: Any) -> Any:
    """Return `mapping[key]`, None without it."""
    return mapping.get(key) if mapping is not None else None


@register.filter
def is_future(day: dt.date | None) -> bool:
    """Tell whether a date lies after today in Japan."""
    return day is not None and day > fiscal.local_date()
