"""Read mails that came back from a mailbox file."""

import mailbox
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from deliveries.bounces import read_mailbox


class Command(BaseCommand):
    """Records mails that came back, puts addresses on hold, and prints counts.

    For cron. The file stays as it is; what was read before changes nothing.
    """

    help = "Read an mbox file of mails that came back, and put their addresses on hold."

    def add_arguments(self, parser: Any) -> None:
        """Accept the file."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, and print the counts. Raises CommandError when there is no such box."""
        path = options["file"]
        if not path.is_file():
            raise CommandError(f"{path} is no mailbox file (mbox).")
        try:
            counts = read_mailbox(path, timezone.now())
        except mailbox.ExternalClashError as error:
            raise CommandError(
                f"{path} is in use. Try again later; when nothing else reads or writes "
                f"it, somebody left {path}.lock behind: delete that."
            ) from error
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}") from error
        self.stdout.write(
            f"read {counts['read']} = recorded {counts['recorded']} "
            f"+ known {counts['known']} + unknown {counts['unknown']} "
            f"+ skipped {counts['skipped']}"
        )
