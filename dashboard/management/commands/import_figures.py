"""Bring in published figures from a CSV file or a workbook."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.spreadsheets.reading import SpreadsheetError
from dashboard.imports import import_figures

SHIPPED = Path(__file__).resolve().parents[2] / "data"
DEFAULT = "published_figures"


class Command(BaseCommand):
    """Bring in published figures; running it again changes nothing."""

    help = (
        "Bring in published figures, all or nothing: a CSV file or a workbook, or the "
        "name of a list that comes along (published_figures, published_rates)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Accept the file, a dry run, and where the figures were published."""
        parser.add_argument("file", nargs="?", default=DEFAULT)
        parser.add_argument("--dry-run", action="store_true", help="change nothing")
        parser.add_argument(
            "--source", default="", help="where they were published (else: file name)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and print the counts. Raises CommandError for anything wrong."""
        shipped = SHIPPED / f"{options['file']}.csv"
        path = shipped if shipped.is_file() else Path(options["file"])
        try:
            with path.open("rb") as file:
                outcome = import_figures(
                    file=file,
                    filename=path.name,
                    source=options["source"],
                    dry_run=options["dry_run"],
                )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except SpreadsheetError as error:
            raise CommandError(
                f"{error}\nread {error.read} = right {error.read - error.refused} "
                f"+ refused {error.refused}. Nothing was changed."
            ) from error
        if options["verbosity"]:
            self.stdout.write(
                f"read {outcome.read} = created {outcome.created} "
                f"+ changed {outcome.changed} + corrections {outcome.corrections} "
                f"+ unchanged {outcome.unchanged}"
                + (" (dry run, nothing was changed)" if options["dry_run"] else "")
            )
