"""What people read: fields of a report with label and value, times that passed."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import IncidentReport

MISSING = "–"
HOUR, DAY = 60, 24 * 60


def label_of(name: str) -> str:
    """Return the label of a field of reports; the name itself for no such field."""
    fields = {field.name: field for field in IncidentReport._meta.get_fields()}
    return str(getattr(fields.get(name), "verbose_name", name))


def in_words(value: Any, choices: Iterable[tuple[Any, Any]] = ()) -> str:
    """Return a value as people read it; `–` when it is missing.

    Instants in Japan's time, to the minute; lines break with a line feed alone.
    """
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dt.datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, dt.date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, QuerySet | list | tuple):
        return "、".join(map(str, value)) or MISSING
    if isinstance(value, str) and (labels := dict(choices)):
        value = labels.get(value, value)
    return str("" if value is None else value).replace("\r\n", "\n") or MISSING


def value_of(report: IncidentReport, name: str) -> str:
    """Return what people read in a field of a report; `signs` costs a query."""
    field = IncidentReport._meta.get_field(name)
    value = getattr(report, name)
    if field.many_to_many:
        value = value.all()
    return in_words(value, getattr(field, "choices", None) or ())


def duration(passed: dt.timedelta) -> str:
    """Return a time as a clock in words: minutes, hours and minutes, days and hours.

    A time to come, by a clock that is fast, is no time at all.
    """
    minutes = max(int(passed.total_seconds() // 60), 0)
    if minutes < HOUR:
        return _("%(minutes)d min") % {"minutes": minutes}
    if minutes < DAY:
        parts = {"hours": minutes // HOUR, "minutes": minutes % HOUR}
        return _("%(hours)d h %(minutes)d min") % parts
    days, hours = minutes // DAY, minutes % DAY // HOUR
    text = ngettext("%(days)d day %(hours)d h", "%(days)d days %(hours)d h", days)
    return text % {"days": days, "hours": hours}
