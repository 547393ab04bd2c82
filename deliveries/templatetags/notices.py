"""How templates show notices."""

from django import template

from deliveries.tables import STATE_MARKS
from deliveries.wording import delay_of

register = template.Library()


@register.filter
def state_mark(state: str) -> str:
    """Return the class of the mark of a notice's state; colour repeats the words."""
    return STATE_MARKS.get(state, "")


register.filter("delay", delay_of)
