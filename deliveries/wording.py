"""How notices, and what is wrong with a file, are put into words."""

import datetime as dt
from collections.abc import Iterable

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from core.spreadsheets.reading import SpreadsheetError

from .mails import reason_to_cancel
from .models import Notice
from .services import after_quiet_hours, expiry_of

MISSING = "–"
# What one page tells of a file; more is a matter of the whole file.
SHOWN_PROBLEMS = 20


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


def outlook_of(notice: Notice, at: dt.datetime) -> str:
    """Say what the night does to a mail that waits; empty by day, and for others.

    No query where subscription and delivery were read along.
    """
    morning = _morning_of(notice, at)
    if morning is None:
        return ""
    if expiry_of(notice) <= morning:
        return _("too old by the morning: is not sent")
    return _("is sent from %(time)s on") % {"time": _time(morning)}


def told_at_night(notices: Iterable[Notice], at: dt.datetime) -> str:
    """Say of mails just queued that they wait for the morning; empty by day."""
    mornings = {notice: _morning_of(notice, at) for notice in notices}
    late = {notice: morning for notice, morning in mornings.items() if morning}
    for notice, morning in late.items():
        if expiry_of(notice) > morning:
            text = _("No mails are sent at night: this one goes out from %(time)s on.")
            return text % {"time": _time(morning)}
    if late:
        return _(
            "No mails are sent at night, and by the morning this news is too old: it "
            "is not sent."
        )
    return ""


def told_of_a_list(at: dt.datetime) -> str:
    """Say of many mails just queued that they wait for the morning; empty by day."""
    morning = after_quiet_hours(at)
    if morning == at:
        return ""
    return _(
        "No mails are sent at night: those whose news is still fresh in the morning go "
        "out from %(time)s on."
    ) % {"time": _time(morning)}


def first_problems(error: SpreadsheetError) -> list[str]:
    """Say what is wrong with a file: the first problems, and how many follow."""
    texts = [str(problem) for problem in error.problems[:SHOWN_PROBLEMS]]
    more = len(error.problems) - SHOWN_PROBLEMS
    return [*texts, _("And %(n)d more.") % {"n": more}] if more > 0 else texts


def _morning_of(notice: Notice, at: dt.datetime) -> dt.datetime | None:
    """Return until when the night holds its mail back; None where it does not."""
    morning = after_quiet_hours(at)
    waits = notice.state == Notice.State.WAITING and morning > at
    return None if not waits or reason_to_cancel(notice, morning) else morning


def _time(at: dt.datetime) -> str:
    return formats.time_format(timezone.localtime(at).time())
