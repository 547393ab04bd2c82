"""Reopen a closed fiscal year; its figures stay as a version."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core import fiscal
from dashboard.closing import reopen_year

from .close_year import manager

QUESTION = "The published figures may change. Reopen the year? [y/N] "


class Command(BaseCommand):
    """Reopen a closed year, with the reason."""

    help = "Reopen a closed fiscal year; what was frozen stays visible as a version."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Accept the year, the reason, and who reopens it."""
        parser.add_argument("year", type=int, help="the fiscal year, such as 2016")
        parser.add_argument("--reason", required=True, help="why it must be reopened")
        parser.add_argument("--by", help="user name of the manager who reopens it")
        parser.add_argument(
            "--no-input", action="store_true", help="do not ask (as without terminal)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Reopen the year. Raises CommandError when it is not closed."""
        asks = sys.stdin.isatty() and not options["no_input"]
        if asks and input(QUESTION) not in ("y", "Y"):
            raise CommandError("Nothing was reopened.")
        try:
            closing = reopen_year(
                year=options["year"],
                actor=manager(options["by"], "dashboard.change_yearclosing"),
                reason=options["reason"],
                at=timezone.now(),
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if options["verbosity"]:
            year = fiscal.label(closing.fiscal_year)
            self.stdout.write(f"{year}: version {closing.version} is open again")
