"""Send the delivery notices that are due."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from deliveries.models import Notice
from deliveries.services import send_due_notices


class Command(BaseCommand):
    """Sends what is due, and prints how many notices ended in which state."""

    help = "Send the delivery notices that are due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--limit", type=int, default=1000, help="at most so many notices (1000)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Send, and print the counts."""
        states = send_due_notices(limit=options["limit"])
        self.stdout.write(
            f"sent {states[Notice.State.SENT]}, "
            f"to be tried again {states[Notice.State.DUE]}, "
            f"failed {states[Notice.State.FAILED]}, "
            f"not sent on purpose {states[Notice.State.CANCELLED]}"
        )
