"""How templates show notices."""

from django import template
from django.utils.translation import gettext as _

from deliveries.models import Notice
from deliveries.tables import STATE_MARKS

register = template.Library()
MISSING = "–"


@register.filter
def state_mark(state: str) -> str:
    """Return the class of the mark of a notice's state; colour repeats the words."""
    return STATE_MARKS.get(state, "")


@register.filter
def delay(notice: Notice) -> str:
    """Say how long after the event its mail went out; `–` while it has not."""
    if notice.sent_at is None:
        return MISSING
    minutes = int((notice.sent_at - notice.happened_at).total_seconds() // 60)
    if minutes < 1:
        return _("under a minute")
    if minutes < 60:
        return _("%(minutes)d min") % {"minutes": minutes}
    hours, minutes = divmod(minutes, 60)
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
