"""Print the annual figures."""

import csv
import datetime as dt
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import fiscal
from core.filters import FIRST_YEAR
from dashboard.figures import Status
from dashboard.indicators import registry
from dashboard.listing import Selection, entry, list_figures
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
        """Accept filters, as the API does, and the format."""
        keys = [one.key for one in registry]
        programs = sorted({one.app_label for one in registry})
        parser.add_argument("--year", type=int, help="only this fiscal year")
        parser.add_argument("--year-from", type=int, help="the first fiscal year")
        parser.add_argument("--year-to", type=int, help="the last fiscal year")
        parser.add_argument(
            "--indicator",
            action="append",
            choices=keys,
            metavar="KEY",
            help="only this indicator, such as alerts.reports; may be repeated",
        )
        parser.add_argument("--program", choices=programs, help="only this program")
        parser.add_argument(
            "--breakdown",
            help="one part (channel=store), all parts of one breakdown (channel), or "
            "wholes only (empty)",
        )
        parser.add_argument("--status", choices=Status.values)
        parser.add_argument(
            "--format", choices=("table", "csv", "json"), default="table"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the list in the chosen format."""
        wanted, program = options["indicator"], options["program"]
        found = list_figures(
            [
                one
                for one in registry
                if (not wanted or one.key in wanted)
                and program in (None, one.app_label)
            ],
            AnnualFigure.objects.all(),
            today=fiscal.local_date(),
            selection=_selection(options),
        )
        entries = [entry(figure) for figure in found]
        getattr(self, f"_print_{options['format']}")(entries)

    def _print_json(self, entries: list[dict[str, Any]]) -> None:
        self.stdout.write(json.dumps(entries, ensure_ascii=False, indent=1))

    def _print_csv(self, entries: list[dict[str, Any]]) -> None:
        writer = csv.DictWriter(self.stdout, entries[0] if entries else SHOWN)
        writer.writeheader()
        for one in entries:
            writer.writerow(one | {"corrections": "\n".join(one["corrections"])})

    def _print_table(self, entries: list[dict[str, Any]]) -> None:
        lines = [SHOWN, *([_text(e[name]) for name in SHOWN] for e in entries)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        for line in lines:
            cells = [cell.ljust(w) for cell, w in zip(line, widths, strict=True)]
            self.stdout.write("  ".join(cells).rstrip())


def _selection(options: dict[str, Any]) -> Selection:
    """Return what is asked for. Raises CommandError for years the wrong way round."""
    year, breakdown = options["year"], options["breakdown"]
    first, last = options["year_from"], options["year_to"]
    years = None
    if any((year, first, last)):
        lowest = max(first or FIRST_YEAR, year or FIRST_YEAR)
        highest = min(last or dt.MAXYEAR, year or dt.MAXYEAR)
        if lowest > highest:
            raise CommandError("The last year is before the first.")
        years = range(lowest, highest + 1)
    return Selection(years, breakdown, options["status"] or "")


def _text(value: Any) -> str:
    return "–" if value is None else str(value)
