"""Template filters that write figures."""

from decimal import Decimal

from django import template

from core.templatetags.tsunagari import number

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
