"""The fiscal calendar: the year of a date, its bounds, its label, local dates."""

import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


def year_start() -> tuple[int, int]:
    """Return month and day on which every fiscal year begins.

    Raises ImproperlyConfigured when FISCAL_YEAR_START is not a day of every year.
    """
    match = re.fullmatch(r"(\d\d)-(\d\d)", settings.FISCAL_YEAR_START)
    try:
        month, day = int(match[1]), int(match[2])  # type: ignore[index]
        dt.date(2001, month, day)
    except (TypeError, ValueError) as error:
        raise ImproperlyConfigured(
            "FISCAL_YEAR_START must be a day like 03-21 (MM-DD)."
        ) from error
    return month, day


def fiscal_year_of(day: dt.date) -> int:
    """Return the fiscal year of `day`: 2016 for 2017-03-20, 2017 for 2017-03-21."""
    return day.year if (day.month, day.day) >= year_start() else day.year - 1


def bounds(year: int) -> tuple[dt.date, dt.date]:
    """Return the half-open interval [first day, first day of the next year)."""
    month, day = year_start()
    return dt.date(year, month, day), dt.date(year + 1, month, day)


def last_day(year: int) -> dt.date:
    """Return the last day of `year`: 2017-03-20 for 2016."""
    return bounds(year)[1] - dt.timedelta(days=1)


def label(year: int) -> str:
    """Return the year as people write it: 2016年度."""
    return _("FY%(year)d") % {"year": year}


def local_date(instant: dt.datetime | None = None) -> dt.date:
    """Return the date in Japan of an aware `instant`, today when it is None."""
    return timezone.localdate(instant, ZoneInfo(settings.TIME_ZONE))


def local_instant(day: dt.date, time: dt.time) -> dt.datetime:
    """Return the instant of a day and time in Japan."""
    return dt.datetime.combine(day, time, timezone.get_default_timezone())


def current_year() -> int:
    """Return the fiscal year of today in Japan."""
    return fiscal_year_of(local_date())


@deconstructible(path="core.fiscal.FiscalYear")
class FiscalYear(models.Func):
    """The fiscal year of a date or an instant, in the database's own functions.

    Only functions that both databases accept in a stored generated column, and that
    work for inserts which do not come from Django. Japan has no summer time, so the
    offset of an instant is a constant.
    """

    arity = 1
    output_field = models.IntegerField()

    def __init__(self, expression: Any, **extra: Any) -> None:
        super().__init__(expression, **extra)

    def _is_instant(self) -> bool:
        source = self.get_source_expressions()[0].output_field
        return isinstance(source, models.DateTimeField)

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, list[Any]]:
        """Compile for SQLite, where instants are stored as text in UTC."""
        month, day = year_start()
        zone = f"'{_sqlite_offset()}', " if self._is_instant() else ""
        return self.as_sql(
            compiler,
            connection,
            template=(
                f"CAST(substr(date(%(expressions)s, {zone}'-{month - 1} months', "
                f"'-{day - 1} days'), 1, 4) AS INTEGER)"
            ),
            **context,
        )

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, list[Any]]:
        """Compile for PostgreSQL."""
        month, day = year_start()
        zone = f" AT TIME ZONE '{settings.TIME_ZONE}'" if self._is_instant() else ""
        return self.as_sql(
            compiler,
            connection,
            template=(
                f"CAST(EXTRACT(YEAR FROM (%(expressions)s{zone} - "
                f"INTERVAL '{month - 1} months {day - 1} days')) AS integer)"
            ),
            **context,
        )


@deconstructible(path="core.fiscal.LocalDate")
class LocalDate(models.Func):
    """The date in Japan of an instant, in the database's own functions.

    For a stored column by which a list or a figure cuts off at a day, so that both cut
    at the same midnight whatever the time zone of the connection.
    """

    arity = 1
    output_field = models.DateField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, list[Any]]:
        """Compile for SQLite, where instants are stored as text in UTC."""
        template = f"date(%(expressions)s, '{_sqlite_offset()}')"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, list[Any]]:
        """Compile for PostgreSQL."""
        template = f"CAST(%(expressions)s AT TIME ZONE '{settings.TIME_ZONE}' AS date)"
        return self.as_sql(compiler, connection, template=template, **context)


@deconstructible(path="core.fiscal.LocalHour")
class LocalHour(models.Func):
    """The hour in Japan of an instant, 0 to 23."""

    arity = 1
    output_field = models.IntegerField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, list[Any]]:
        """Compile for SQLite, where instants are stored as text in UTC."""
        time = f"time(%(expressions)s, '{_sqlite_offset()}')"
        template = f"CAST(substr({time}, 1, 2) AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, list[Any]]:
        """Compile for PostgreSQL."""
        local = f"%(expressions)s AT TIME ZONE '{settings.TIME_ZONE}'"
        template = f"CAST(EXTRACT(HOUR FROM ({local})) AS integer)"
        return self.as_sql(compiler, connection, template=template, **context)


@deconstructible(path="core.fiscal.LocalWeekday")
class LocalWeekday(models.Func):
    """The day of the week in Japan of an instant: 1 is Monday, 7 is Sunday."""

    arity = 1
    output_field = models.IntegerField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, list[Any]]:
        """Compile for SQLite: the Julian day number modulo 7 is 0 on Mondays.

        Written without the sign for modulo, which Django takes for a placeholder.
        """
        midnight = f"julianday(date(%(expressions)s, '{_sqlite_offset()}'))"
        day = f"CAST({midnight} + 0.5 AS INTEGER)"
        template = f"({day} - 7 * ({day} / 7) + 1)"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, list[Any]]:
        """Compile for PostgreSQL."""
        local = f"%(expressions)s AT TIME ZONE '{settings.TIME_ZONE}'"
        template = f"CAST(EXTRACT(ISODOW FROM ({local})) AS integer)"
        return self.as_sql(compiler, connection, template=template, **context)


def _sqlite_offset() -> str:
    """Return the distance to UTC as a modifier of SQLite's `date()`."""
    offset = ZoneInfo(settings.TIME_ZONE).utcoffset(dt.datetime(2000, 1, 1))  # noqa: DTZ001 - any day does
    return f"{offset.total_seconds() / 60:+.0f} minutes"  # type: ignore[union-attr]


def fiscal_year_field(source: str) -> models.GeneratedField:
    """Return a stored column holding the fiscal year of the field `source`.

    Index it together with the date, `(fiscal_year, -date, -id)`: alone it misleads
    PostgreSQL's planner.
    """
    return models.GeneratedField(
        expression=FiscalYear(source),
        output_field=models.IntegerField(),
        db_persist=True,
        verbose_name=gettext_lazy("fiscal year"),
    )


def local_date_field(source: str) -> models.GeneratedField:
    """Return a stored column holding the date in Japan of the instant `source`."""
    return models.GeneratedField(
        expression=LocalDate(source),
        output_field=models.DateField(),
        db_persist=True,
        verbose_name=gettext_lazy("date"),
    )


def local_hour_field(source: str, **options: Any) -> models.GeneratedField:
    """Return a stored column holding the hour in Japan of the instant `source`."""
    return models.GeneratedField(
        expression=LocalHour(source),
        output_field=models.IntegerField(),
        db_persist=True,
        verbose_name=gettext_lazy("hour"),
        **options,
    )


def local_weekday_field(source: str, **options: Any) -> models.GeneratedField:
    """Return a stored column holding the day of the week of the instant `source`."""
    return models.GeneratedField(
        expression=LocalWeekday(source),
        output_field=models.IntegerField(),
        db_persist=True,
        verbose_name=gettext_lazy("day of the week"),
        **options,
    )
