"""Warn of incident reports that are not passed on in time."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from alerts.choices import Step
from alerts.escalation import escalate


class Command(BaseCommand):
    """Sends the warnings that are due, and prints how many.

    For cron, every few minutes. Ends with 1 when a warning could not be sent, or there
    is nobody to send it to; it is then tried again by the next run.
    """

    help = "Warn the duty officer, then the manager, of reports not passed on in time."

    def handle(self, *args: Any, **options: Any) -> None:
        """Send, and print the counts."""
        summary = escalate(now=timezone.now())
        self.stdout.write(
            f"warned: duty officer {summary.sent[Step.OFFICER]}, "
            f"manager {summary.sent[Step.MANAGER]}; failed {summary.failed}; "
            f"nobody to warn {summary.unreachable.total()}"
        )
        for step, count in summary.unreachable.items():
            self.stderr.write(
                f"NOBODY IS WARNED of {count} reports: no active user with the role "
                f"{step} has an e-mail address. Enter one in the administration."
            )
        if summary.failed or summary.unreachable:
            raise CommandError("Not every warning could be sent.")
