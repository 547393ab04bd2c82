"""Erase the personal data of incident reports whose time is over."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from alerts.erasure import due, erase, overdue, sweep
from core.fiscal import local_date


class Command(BaseCommand):
    """Lists what is due, asks, and blanks it; figures stay as they are.

    For cron with --no-input. A run that was killed is finished by the next one.
    """

    help = (
        "Blank the personal data of incident reports closed more than "
        "ALERTS_RETENTION_DAYS days ago. This cannot be undone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Accept whether only to list, and whether to ask."""
        parser.add_argument("--dry-run", action="store_true", help="only list")
        parser.add_argument("--no-input", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        """Erase. Raises CommandError where it should ask and cannot."""
        now = timezone.now()
        count = self._list(now)
        if options["dry_run"]:
            self.stdout.write("Nothing was erased (dry run).")
            return
        if count and not options["no_input"] and not self._agrees(count):
            raise CommandError("Nothing was erased.")
        erased = sum(1 for _report in erase(at=now, actor=None))
        files = sweep(now)
        self.stdout.write(f"{erased} reports erased; {files} stray files deleted.")

    def _list(self, now: Any) -> int:
        """Print numbers and dates, nothing else; return how many are due."""
        reports = list(due(now).only("pk", "received_at"))
        days = settings.ALERTS_RETENTION_DAYS
        self.stdout.write(f"Closed more than {days} days ago: {len(reports)} reports")
        for report in reports:
            closed = local_date(report.ended_at)
            self.stdout.write(f"  {report.receipt_number}  closed {closed}")
        waiting = list(overdue(now).only("pk", "received_at", "noticed_at"))
        if waiting:
            self.stdout.write(
                f"Never closed, so NOT erased; close them: {len(waiting)} reports"
            )
        for report in waiting:
            noticed = local_date(report.noticed_at)
            self.stdout.write(f"  {report.receipt_number}  noticed {noticed}")
        return len(reports)

    def _agrees(self, count: int) -> bool:
        if not sys.stdin.isatty():
            raise CommandError("No terminal to ask in: say --no-input or --dry-run.")
        question = f"Erase the personal data of {count} reports for ever? [y/N] "
        return input(question) in ("y", "Y")
