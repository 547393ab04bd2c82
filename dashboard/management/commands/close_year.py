"""Close a fiscal year: freeze its figures and make its rows read-only."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from accounts.models import User
from core import fiscal
from dashboard.checks import Result, results_of
from dashboard.closing import close_year, require_ended
from dashboard.models import YearClosing


class Command(BaseCommand):
    """Show what the checks find, then close the year, all or nothing."""

    help = "Close a fiscal year: freeze every figure, make the rows read-only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Accept the year, who closes it, and whether to ask."""
        parser.add_argument("year", type=int, help="the fiscal year, such as 2016")
        parser.add_argument("--by", help="user name of the manager who closes it")
        parser.add_argument(
            "--no-input",
            action="store_true",
            help="do not ask although the checks found something (as without terminal)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Close the year. Raises CommandError when it runs or is closed already."""
        year, quiet = options["year"], options["verbosity"] == 0
        actor, now = manager(options["by"], "dashboard.add_yearclosing"), timezone.now()
        try:
            require_ended(year, fiscal.local_date(now))
            results = results_of(year, today=fiscal.local_date(now))
            if not quiet:
                self._show(results)
            if not (options["no_input"] or self._agrees(results)):
                raise CommandError("Nothing was closed.")
            found = [result.summary for result in results if not result.is_good]
            closing = self._close(year, actor, now, found, quiet)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if not quiet:
            self.stdout.write(
                f"{fiscal.label(year)}: version {closing.version}, "
                f"{closing.figures.count()} figures, SHA-256 {closing.sha256}"
            )

    def _close(self, year: int, *details: Any) -> YearClosing:
        actor, now, found, quiet = details
        steps = close_year(year=year, actor=actor, at=now, findings=found)
        # None: no bar where nobody looks, such as a log.
        with tqdm(desc=fiscal.label(year), disable=quiet or None, ncols=72) as bar:
            while True:
                try:
                    step = next(steps)
                except StopIteration as stop:
                    return stop.value
                bar.total, bar.n = step.total, step.done
                bar.refresh()

    def _show(self, results: list[Result]) -> None:
        for result in results:
            mark = "-" if result.is_good else "!"
            count = "?" if result.has_failed else result.total
            self.stdout.write(f"{mark} {result.check.label}: {count}")
            for finding in result.findings:
                self.stdout.write(f"    {finding.text}")

    def _agrees(self, results: list[Result]) -> bool:
        if all(result.is_good for result in results) or not sys.stdin.isatty():
            return True
        return input("The checks found something. Close the year? [y/N] ") in ("y", "Y")


def manager(username: str | None, permission: str) -> User | None:
    """Return the person who acts; None without a name. Raises CommandError."""
    if not username:
        return None
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None or not user.has_perm(permission):
        raise CommandError(f"{username} is nobody who may do this.")
    return user
