"""The registry of checks before closing: programs declare here what must be looked at.

A program writes `checks.py` and calls `register()` with a `Check`; the checks of all
figures are in `general_checks`.
"""

import datetime as dt
import logging
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core import fiscal
from core.programs import ProgramConfig
from core.registry import Registry

from .book import Book
from .indicators import WHOLE
from .indicators import registry as indicators
from .models import AnnualFigure
from .pages import indicators_for

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

logger = logging.getLogger(__name__)
Text = str | Promise
# So many findings of a check stand on a page; a page of its own shows the rest.
SHOWN = 20
# More are counted, but not kept: a check may find one in every row.
KEPT = 2000


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something to look at before the year is closed; never personal data.

    text: what was found, in the reader's language. url: where it is looked at.
    count: of how many things the row speaks. year: the year it speaks of, when it is
    another than the one checked too; indicator: the key of the figure it speaks of.
    """

    text: str
    url: str = ""
    count: int = 1
    year: int | None = None
    indicator: str = ""


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a check looks at: the year, up to its last day or today, and its figures.

    user: who looks; None stands for a command, which sees everything.
    """

    year: int
    today: dt.date
    book: Book
    change_percent: Decimal
    user: "AbstractBaseUser | AnonymousUser | None" = None

    @property
    def first_day(self) -> dt.date:
        """The year's first day."""
        return fiscal.bounds(self.year)[0]

    @property
    def last_day(self) -> dt.date:
        """The year's last day; today while it is running."""
        return min(fiscal.last_day(self.year), self.today)

    @property
    def is_running(self) -> bool:
        """Tell whether the year has not ended."""
        return self.today <= fiscal.last_day(self.year)

    @property
    def months(self) -> list[tuple[dt.date, dt.date]]:
        """First and last day of each calendar month, as far as the year has come."""
        found, first = [], self.first_day
        while first <= self.last_day:
            following = (first.replace(day=1) + dt.timedelta(days=31)).replace(day=1)
            last = min(following - dt.timedelta(days=1), self.last_day)
            found.append((first, last))
            first = following
        return found

    def rows(self, model: type[models.Model]) -> Any:
        """Return the rows of a model that the person may see."""
        rows = model._default_manager.all()
        return rows if self.user is None else rows.visible_to(self.user)

    def list_url(self, name: str, **filters: object) -> str:
        """Return the address of a list, filtered."""
        return f"{reverse(name)}?{urlencode(filters)}"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that is looked at before a year is closed.

    key: app label, dot, name. label: what should be so. remedy: what to do when it is
    not. find: yields what was found, in a number of queries that does not grow with
    rows. permission: who may see it. blocks: the year cannot be closed before all of it
    is settled, because it could not be settled afterwards.
    """

    key: str
    label: Text
    remedy: Text
    find: Callable[[Context], Iterable[Finding]]
    permission: str
    order: int = 0
    blocks: bool = False

    @property
    def app_label(self) -> str:
        """The app that declares it."""
        return self.key.partition(".")[0]

    @property
    def group(self) -> str:
        """What the page calls the checks of this app."""
        config = apps.get_app_config(self.app_label)
        if isinstance(config, ProgramConfig):
            return str(config.verbose_name)
        return _("All figures")


@dataclass(frozen=True)
class Result:
    """What a check found: the rows that are kept, and the number of all.

    limit: how many of them are shown.
    """

    check: Check
    findings: Sequence[Finding] = ()
    total: int = 0
    has_failed: bool = False
    limit: int = SHOWN

    @property
    def is_good(self) -> bool:
        """Tell whether nothing is left to look at."""
        return not self.total and not self.has_failed

    @property
    def shown(self) -> Sequence[Finding]:
        """The findings that a page shows."""
        return self.findings[: self.limit]

    @property
    def hidden(self) -> int:
        """How many things the findings that are not shown speak of."""
        return self.total - sum(finding.count for finding in self.shown)

    @property
    def summary(self) -> dict[str, Any]:
        """What a closing keeps of it; the count is None when the check failed."""
        return {
            "check": self.check.key,
            "label": str(self.check.label),
            "count": None if self.has_failed else self.total,
        }


registry: Registry[Check] = Registry()
register = registry.register


def results_of(
    year: int,
    *,
    today: dt.date,
    change_percent: Decimal | int | None = None,
    user: "AbstractBaseUser | AnonymousUser | None" = None,
) -> list[Result]:
    """Return what every check finds, with a book of its own; see `run`."""
    book = book_of(year, today=today, user=user)
    return run(year, book=book, today=today, change_percent=change_percent, user=user)


def book_of(
    year: int,
    *,
    today: dt.date,
    user: "AbstractBaseUser | AnonymousUser | None" = None,
) -> Book:
    """Return the figures that the checks of a year look at.

    None as a user stands for a command, which sees everything.
    """
    known, stored = iter(indicators), AnnualFigure.objects.all()
    if user is not None:
        known = indicators_for(user)
        stored = AnnualFigure.objects.visible_to(user)
    only = Q(breakdown=WHOLE) | Q(fiscal_year__in=[year - 1, year])
    return Book(known, stored, today=today, only=only, since=year - 1)


def run(
    year: int,
    *,
    book: Book,
    today: dt.date,
    change_percent: Decimal | int | None = None,
    user: "AbstractBaseUser | AnonymousUser | None" = None,
    key: str = "",
) -> list[Result]:
    """Return what every check finds that `user` may see, in the order of the checks.

    `book` holds the wholes of all years and the parts of `year` and the year before.
    `key` names the one check that is asked for; empty: all.
    `change_percent`: from which change on a figure is looked at; None: the setting.
    Call it outside a transaction, which an error in the database would spoil.
    """
    if change_percent is None:
        change_percent = settings.CHECK_CHANGE_PERCENT
    context = Context(
        year=year,
        today=today,
        book=book,
        change_percent=Decimal(change_percent),
        user=user,
    )
    return [
        run_one(check, context)
        for check in registry
        if key in ("", check.key) and (user is None or user.has_perm(check.permission))
    ]


def run_one(check: Check, context: Context) -> Result:
    """Return what one check finds; one that fails is logged, and the others go on."""
    kept: list[Finding] = []
    total = 0
    try:
        for finding in check.find(context):
            total += finding.count
            if len(kept) < KEPT:
                kept.append(finding)
    except Exception:  # noqa: BLE001 - whatever a program's declaration raises
        logger.exception("The check %s failed", check.key)
        return Result(check, has_failed=True)
    return Result(check, kept, total)


def missing_months(
    name: str,
    months: Sequence[dt.date],
    reported: Container[tuple[int, int]],
    url: str | Callable[[dt.date], str],
) -> Iterator[Finding]:
    """Yield a finding per month that was not reported; one when none was.

    months: a day of each month that should have been; reported: (year, month) of those
    that were; url: where all of them, or the month of a day, are looked at.
    """

    def address(day: dt.date) -> str:
        return url if isinstance(url, str) else url(day)

    missing = [day for day in months if (day.year, day.month) not in reported]
    if len(missing) == len(months) > 1:
        text = _("%(name)s: not reported in the whole year (%(n)d months)")
        words = {"name": name, "n": len(missing)}
        yield Finding(text=text % words, url=address(missing[0]), count=len(missing))
        return
    for day in missing:
        month = date_format(day, "YEAR_MONTH_FORMAT")
        text = _("%(name)s: %(month)s not reported") % {"name": name, "month": month}
        yield Finding(text=text, url=address(day))
