"""Send the mails that are due, once or until stopped."""

import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from outbox.models import Mail
from outbox.worker import Sender, ServerAway


class Command(BaseCommand):
    """Sends what is due, and prints how many mails ended in which state."""

    help = "Send the mails that are due; --follow goes on until it is stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--follow", action="store_true", help="go on until SIGTERM or Ctrl-C"
        )
        parser.add_argument(
            "--limit", type=int, help="at most so many mails (not with --follow)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Send, and print the counts."""
        sender = Sender()
        if options["follow"]:
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_: sender.stop.set())
        if connection.vendor == "postgresql":
            # A crash of the database server (not of a worker) may forget the last
            # half second of "sent": those go out again, under the same Message-ID.
            with connection.cursor() as cursor:
                cursor.execute("SET synchronous_commit TO off")
        try:
            if options["follow"]:
                sender.follow()
            else:
                sender.run(options["limit"])
        except ServerAway as error:
            raise CommandError(f"The mail server cannot be reached: {error}") from error
        finally:
            counts = ", ".join(f"{s} {sender.counts[s]}" for s in Mail.State.values)
            self.stdout.write(counts)
