"""Send the mails that are due, once or until stopped."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

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
        """Send, and print the counts; the mail at hand is sent before it ends."""
        if options["limit"] is not None and options["limit"] < 0:
            raise CommandError("--limit is a number of mails, 0 or more.")
        sender = Sender()
        before = _stop_on_signals(sender)
        connection_created.connect(_commit_without_waiting)
        try:
            _commit_without_waiting(connection)
            if options["follow"]:
                sender.follow()
            else:
                sender.run(options["limit"])
        except ServerAway as error:
            raise CommandError(f"The mail server takes no mail: {error}") from error
        except (DatabaseError, InterfaceError) as error:
            name = type(error).__name__
            raise CommandError(f"The database cannot be reached: {name}") from error
        finally:
            connection_created.disconnect(_commit_without_waiting)
            for number, handler in before.items():
                signal.signal(number, handler)
            counts = ", ".join(f"{s} {sender.counts[s]}" for s in Mail.State.values)
            self.stdout.write(counts)


def _stop_on_signals(sender: Sender) -> dict[int, Any]:
    """Let SIGTERM and Ctrl-C end the sender after its mail; return what they did."""

    def stop(*_args: Any) -> None:
        # In a thread: the handler may come while the event itself is locked.
        threading.Thread(target=sender.stop.set, daemon=True).start()

    numbers = (signal.SIGTERM, signal.SIGINT)
    if threading.current_thread() is not threading.main_thread():
        return {}
    return {number: signal.signal(number, stop) for number in numbers}


def _commit_without_waiting(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    """Do not wait for the disk after each mail.

    A crash of the database server (not of a worker) may then forget the last half
    second of "sent": those go out again, under the same Message-ID.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO off")
