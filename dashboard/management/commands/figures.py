"""Print the annual figures."""

import csv
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from core import fiscal
from dashboard.indicators import registry
from dashboard.listing import entry, list_figures
from dashboard.models import AnnualFigure

SHOWN = (
    "indicator",
    "fiscal_year",
    "as_of",
    "breakdown",
    "value",
    "status",
    "computed",
)


class Command(BaseCommand):
    """Print every figure: published, closed and computed from rows."""

    help = "Print the annual figures, each with its status and the value from rows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Accept the year and the format."""
        parser.add_argument("--year", type=int, help="only this fiscal year")
        parser.add_argument(
            "--format", choices=("table", "csv", "json"), default="table"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the list in the chosen format."""
        found = list_figures(
            registry,
            AnnualFigure.objects.all(),
            today=fiscal.local_date(),
            year=options["year"],
        )
        entries = [entry(figure) for figure in found]
        getattr(self, f"_print_{options['format']}")(entries)

    def _print_json(self, entries: list[dict[str, Any]]) -> None:
        self.stdout.write(json.dumps(entries, ensure_ascii=False, indent=1))

    def _print_csv(self, entries: list[dict[str, Any]]) -> None:
        writer = csv.DictWriter(self.stdout, entries[0] if entries else SHOWN)
        writer.writeheader()
        writer.writerows(entries)

    def _print_table(self, entries: list[dict[str, Any]]) -> None:
        lines = [SHOWN, *([_text(e[name]) for name in SHOWN] for e in entries)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        for line in lines:
            cells = [cell.ljust(w) for cell, w in zip(line, widths, strict=True)]
            self.stdout.write("  ".join(cells).rstrip())


def _text(value: Any) -> str:
    return "–" if value is None else str(value)
