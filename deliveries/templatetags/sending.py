"""What the header of the program's pages has to know of the sending of mails."""

from django import template
from django.utils import timezone

from deliveries.silence import is_stopped

register = template.Library()


@register.simple_tag
def sending_is_stopped() -> bool:
    """Tell whether mails do not go out now; three queries."""
    return is_stopped(timezone.now())
