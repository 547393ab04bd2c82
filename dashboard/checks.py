"""The registry of checks before closing: programs declare here what must be looked at.

A program writes `checks.py` and calls `register()` with a `Check`; the checks of all
figures are in `general_checks`. This module imports Django and `core` only.
"""

import datetime as dt
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils.functional import Promise

from core import fiscal
from core.programs import ProgramConfig

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    from .book import Book

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
    book: "Book"
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
    rows. permission: who may see it.
    """

    key: str
    label: Text
    remedy: Text
    find: Callable[[Context], Iterable[Finding]]
    permission: str
    order: int = 0

    @property
    def app_label(self) -> str:
        """The app that declares it."""
        return self.key.partition(".")[0]


@dataclass(frozen=True)
class Result:
    """What a check found: the rows that are kept, and the number of all."""

    check: Check
    findings: Sequence[Finding] = ()
    total: int = 0
    has_failed: bool = False

    @property
    def is_good(self) -> bool:
        """Tell whether nothing is left to look at."""
        return not self.total and not self.has_failed

    @property
    def shown(self) -> Sequence[Finding]:
        """The findings for a page with other checks."""
        return self.findings[:SHOWN]

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


class Registry:
    """The checks by key. Django expects the name `_registry`."""

    def __init__(self) -> None:
        self._registry: dict[str, Check] = {}
        self._frozen = False

    def register(self, check: Check) -> Check:
        """Add a check. Raises ValueError for a bad, doubled or late key."""
        if not re.fullmatch(r"[a-z]+\.[a-z_]+", check.key) or not apps.is_installed(
            apps.get_app_config(check.app_label).name
        ):
            raise ValueError(f"{check.key} is not 'app_label.name'")
        if self._frozen:
            raise ValueError(f"{check.key} comes after start-up")
        if check.key in self._registry:
            raise ValueError(f"{check.key} is registered twice")
        self._registry[check.key] = check
        return check

    def freeze(self) -> None:
        """Accept no more checks."""
        self._frozen = True

    def __getitem__(self, key: str) -> Check:
        return self._registry[key]

    def __contains__(self, key: str) -> bool:
        return key in self._registry

    def __iter__(self) -> Iterator[Check]:
        """Yield those of all figures, then those of the programs in their order."""
        return iter(sorted(self._registry.values(), key=_position))

    @contextmanager
    def override(self, *checks: Check) -> Iterator[None]:
        """Hold only these checks for the duration of a test."""
        before, self._registry = self._registry, {c.key: c for c in checks}
        try:
            yield
        finally:
            self._registry = before


def _position(check: Check) -> tuple[int, int, str]:
    config = apps.get_app_config(check.app_label)
    program = config.order if isinstance(config, ProgramConfig) else -1
    return program, check.order, check.key


registry = Registry()
register = registry.register


def run(
    year: int,
    *,
    book: "Book",
    today: dt.date,
    change_percent: Decimal | int | None = None,
    user: "AbstractBaseUser | AnonymousUser | None" = None,
) -> list[Result]:
    """Return what every check finds that `user` may see, in the order of the checks.

    `book` holds the wholes of all years and the parts of `year` and the year before.
    `change_percent`: from which change on a figure is looked at; None: the setting.
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
        if user is None or user.has_perm(check.permission)
    ]


def run_one(check: Check, context: Context) -> Result:
    """Return what one check finds; one that fails is logged, and the others go on."""
    kept: list[Finding] = []
    total = 0
    try:
        # A savepoint: what fails in the database must not spoil a caller's transaction.
        with transaction.atomic():
            for finding in check.find(context):
                total += finding.count
                if len(kept) < KEPT:
                    kept.append(finding)
    except Exception:  # noqa: BLE001 - whatever a program's declaration raises
        logger.exception("The check %s failed", check.key)
        return Result(check, has_failed=True)
    return Result(check, kept, total)
