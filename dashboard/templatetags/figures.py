"""Template filters that write figures."""

from decimal import Decimal

from django import template

from core.templatetags.tsunagari import number
from dashboard.indicators import registry

register = template.Library()
MINUS = "−"


@register.filter
def signed(value: Decimal | None, decimals: int = 0) -> str:
    """Show a difference with its sign: +21, −4, ±0.

    The sign is always written: to Japanese readers a bare ▲ means minus.
    """
    if value is None:
        return number(None)
    if not value:
        return f"±{number(value, decimals)}"
    return f"{'+' if value > 0 else MINUS}{number(abs(value), decimals)}"


@register.filter
def exact(value: Decimal | None) -> str:
    """Show a number with all its decimals, at most four; `–` when it is missing."""
    if value is None:
        return number(None)
    plain = Decimal(value).normalize()
    return number(value, max(0, -int(plain.as_tuple().exponent)))


@register.filter
def indicator_label(key: str) -> str:
    """Return what the indicator of this key is called; the key where there is none."""
    indicator = registry.get(key)
    return str(indicator.label) if indicator else key
