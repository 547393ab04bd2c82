"""System checks: the fiscal year fits the tables, and the triggers stand."""

import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, models
from django.http.request import validate_host

from . import triggers
from .fiscal import FiscalYear, year_start

GENERATION_SQL = {
    "sqlite": (
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s "
        "AND instr(sql, %s)"
    ),
    "postgresql": (
        "SELECT generation_expression FROM information_schema.columns "
        "WHERE table_name = %s AND column_name = %s"
    ),
}


@register()
def check_setting(**kwargs: Any) -> list[CheckMessage]:
    """Refuse a FISCAL_YEAR_START that is not a day of every year."""
    try:
        year_start()
    except ImproperlyConfigured as error:
        return [Error(str(error), hint="Example: 03-21.", id="core.E001")]
    return []


@register(deploy=True)
def check_site_url(**kwargs: Any) -> list[CheckMessage]:
    """Warn when links in mails lead to another host than the one that answers."""
    host = urlsplit(settings.SITE_URL).hostname or ""
    if validate_host(host, settings.ALLOWED_HOSTS):
        return []
    return [
        Warning(
            "Links in mails lead to a host that is not in ALLOWED_HOSTS.",
            hint="Set SITE_URL to the address of the pages: https://www.example.jp.",
            id="core.W002",
        )
    ]


@register(Tags.database)
def check_tables(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> Iterable[CheckMessage]:
    """Refuse to start when a table was built for another first day of the year."""
    errors: list[CheckMessage] = []
    for alias in databases or []:
        month, day = year_start()
        connection = connections[alias]
        with connection.cursor() as cursor:
            for field in _fiscal_year_fields():
                model = field.model
                # A column that `migrate` has yet to add is not found.
                cursor.execute(
                    GENERATION_SQL[connection.vendor],
                    [model._meta.db_table, field.column],
                )
                row = cursor.fetchone()
                if row and row[0] and _offset(row[0]) != (month - 1, day - 1):
                    errors.append(
                        Error(
                            f"{model._meta.label} was built for another first day "
                            "of the fiscal year than FISCAL_YEAR_START says.",
                            hint="Put the setting back to what it was.",
                            obj=model,
                            id="core.E002",
                        )
                    )
    return errors


@register(Tags.database)
def check_triggers(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Warn of triggers that are absent or changed; `migrate` makes them again.

    A warning and no error: `migrate` itself asks the checks before it begins.
    """
    if "default" not in (databases or ()) or not (wrong := triggers.missing()):
        return []
    return [
        Warning(
            f"Closed years and logs are not fully protected: {len(wrong)} triggers "
            f"are missing or changed, such as {wrong[0]}.",
            hint="Run `manage.py migrate`; it makes the triggers again.",
            id="core.W001",
        )
    ]


def _fiscal_year_fields() -> Iterable[models.GeneratedField]:
    for model in apps.get_models():
        for field in model._meta.fields:
            if isinstance(field, models.GeneratedField) and isinstance(
                field.expression, FiscalYear
            ):
                yield field


def _offset(sql: str) -> tuple[int, int]:
    """Return months and days that the generated column subtracts.

    SQLite keeps the text as written ('-2 months', '-20 days'); PostgreSQL prints the
    interval ('2 mons 20 days').
    """
    months = re.search(r"(\d+) mon(?:th)?s?", sql)
    days = re.search(r"(\d+) days?", sql)
    return int(months[1]) if months else 0, int(days[1]) if days else 0
