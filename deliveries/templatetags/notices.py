"""How templates show notices."""

from django import template
from django.utils import timezone

from deliveries.models import Notice
from deliveries.tables import STATE_MARKS
from deliveries.wording import delay_of, outlook_of

register = template.Library()


@register.filter
def state_mark(state: str) -> str:
    """Return the class of the mark of a notice's state; colour repeats the words."""
    return STATE_MARKS.get(state, "")


@register.filter
def outlook(notice: Notice) -> str:
    """Return what the night does to a mail that waits, empty by day."""
    return outlook_of(notice, timezone.now())


register.filter("delay", delay_of)
