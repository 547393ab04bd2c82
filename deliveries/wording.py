"""How notices are put into words."""

from django.utils.translation import gettext as _

from .models import Notice

MISSING = "–"


def delay_of(notice: Notice) -> str:
    """Say how long after the event its mail went out; `–` while it has not."""
    if notice.sent_at is None:
        return MISSING
    minutes = int((notice.sent_at - notice.happened_at).total_seconds() // 60)
    if minutes < 1:
        return _("under a minute")
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": minutes}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
