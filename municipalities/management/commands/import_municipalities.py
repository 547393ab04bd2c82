"""Bring in the list of municipalities from a CSV file or a workbook."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.spreadsheets.reading import SpreadsheetError
from municipalities.imports import import_municipalities
from municipalities.prefectures import parse_prefecture_codes

DEFAULT = Path(__file__).resolve().parents[2] / "data/municipalities.csv"


class Command(BaseCommand):
    """Bring in municipalities; running it again changes nothing."""

    help = (
        "Bring in municipalities from a CSV file or a workbook, all or nothing. "
        "Running it again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Accept the file, a dry run, and the prefectures of the service area."""
        parser.add_argument("file", nargs="?", type=Path, default=DEFAULT)
        parser.add_argument("--dry-run", action="store_true", help="change nothing")
        parser.add_argument(
            "--service-area",
            default="",
            metavar="11,12,13",
            help="prefectures that count in the coverage, their islands left out",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and print the counts. Raises CommandError for anything wrong."""
        path = Path(options["file"])
        try:
            served = parse_prefecture_codes(options["service_area"])
        except ValueError:
            raise CommandError("--service-area takes codes from 01 to 47.") from None
        try:
            with path.open("rb") as file:
                outcome = import_municipalities(
                    file=file,
                    filename=path.name,
                    service_area=served,
                    dry_run=options["dry_run"],
                )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except SpreadsheetError as error:
            raise CommandError(
                f"{error}\nread {error.read} = right {error.read - error.refused} "
                f"+ refused {error.refused}. Nothing was changed."
            ) from error
        for note in outcome.notes:
            self.stderr.write(note)
        if options["verbosity"]:
            self.stdout.write(
                f"read {outcome.read} = created {outcome.created} "
                f"+ changed {outcome.changed} + unchanged {outcome.unchanged}"
                + (" (dry run, nothing was changed)" if options["dry_run"] else "")
            )
