"""What people are told when the database refuses to change a closed year.

The triggers of `dashboard.triggers` know no language and, on SQLite, no year. Their
errors are turned into one that forms and imports show like any wrong input, and that
the middleware shows as a page where nothing else does.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import lazystr
from django.utils.translation import gettext as _

from core import fiscal

from .models import YearClosing
from .triggers import CLOSED, FROZEN

DATE = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d)")


class Refused(ValidationError):
    """Raised where a change would alter a closed year, or a frozen figure.

    No IntegrityError, so that nobody takes it for a row that is there already.
    """


class _Text:
    """The message, put together when it is shown: after the failed transaction."""

    def __init__(self, tell: Callable[[], str]) -> None:
        self._tell = tell

    def __str__(self) -> str:
        try:
            return self._tell()
        except DatabaseError:  # shown while the transaction is still broken
            return _("Records of a closed year cannot be changed.")


def on_connection(*, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Let every statement of a new connection pass through `translate`."""
    if translate not in connection.execute_wrappers:
        connection.execute_wrappers.append(translate)


def translate(
    execute: Callable, sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Execute a statement. Raises Refused where a trigger refused it."""
    try:
        return execute(sql, params, many, context)
    except IntegrityError as error:
        if CLOSED in str(error):
            years = frozenset(_years([params] if not many else params))
            raise Refused(lazystr(_Text(lambda: _closed(years))), "closed") from error
        if FROZEN in str(error):
            raise Refused(lazystr(_Text(_frozen)), "frozen") from error
        raise


def _years(rows: Iterable[Any]) -> Iterator[int]:
    """Yield the fiscal years of the dates that a statement writes."""
    for row in rows:
        for value in row.values() if isinstance(row, dict) else row or ():
            # SQLite is handed dates as text, and instants in UTC.
            if isinstance(value, str | dt.date) and (found := DATE.match(str(value))):
                yield fiscal.fiscal_year_of(dt.date.fromisoformat(found[0]))


def _closed(years: frozenset[int]) -> str:
    """Say which years are closed, by whom, and who can help; first those concerned."""
    standing = list(YearClosing.objects.standing())
    concerned = [closing for closing in standing if closing.fiscal_year in years]
    told = [describe(closing) for closing in (concerned or standing)[:3]]
    return " ".join(
        [
            _("Records that a closed year counts cannot be changed."),
            *told,
            _(
                "Record a late fact as a correction on the page of the year. A manager "
                "can reopen the year, with a reason."
            ),
        ]
    )


def describe(closing: YearClosing) -> str:
    """Return who closed a year, and when."""
    day = date_format(timezone.localtime(closing.closed_at).date())
    text = _("%(year)s was closed on %(day)s by %(person)s.")
    if closing.closed_by_id is None:
        text = _("%(year)s was closed on %(day)s by the command %(person)s.")
    return text % {
        "year": fiscal.label(closing.fiscal_year),
        "day": day,
        "person": closing.closed_by_name,
    }


def _frozen() -> str:
    return _(
        "What was published or closed does not change. Record a correction beside it."
    )


def RefusalMiddleware(get_response: Callable) -> Callable:  # noqa: N802
    """Answer 409 with the reason where a page did not show it itself."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(
        request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        context = {"reason": " ".join(exception.messages)}
        return render(request, "409.html", context, status=409)

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware
