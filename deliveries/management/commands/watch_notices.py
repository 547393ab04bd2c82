"""Watch over the sending of mails: the alarm when they wait, and the daily report."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from deliveries.watch import watch


class Command(BaseCommand):
    """Tells coordinators what they must know of the sending, and prints what it did.

    For cron, every few minutes; silent as long as there is nothing to tell. Ends with 1
    while somebody who should be told cannot be, so that cron itself sends a mail; it is
    then tried again by the next run.
    """

    help = "Warn when mails do not go out, and send the daily report of their sending."

    def handle(self, *args: Any, **options: Any) -> None:
        """Watch, and print what was done."""
        summary = watch(now=timezone.now())
        if summary.done:
            self.stdout.write(", ".join(summary.done))
        for problem in summary.problems:
            self.stderr.write(problem)
        if summary.problems:
            raise CommandError("Not everybody could be told.")
