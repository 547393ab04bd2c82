"""Make an API token and print it."""

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.models import ApiToken, User
from accounts.tokens import issue
from core import fiscal


class Command(BaseCommand):
    """Make a token by which a program uses the API as a user; print it once."""

    help = "Make an API token of a user and print it; it cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Accept the user, what the token is for, and its last day."""
        parser.add_argument("username")
        parser.add_argument("name", help="which program uses it, and what for")
        parser.add_argument(
            "--expires-on",
            type=dt.date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="the last day on which it works; without it there is no end",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the token alone, so that a script can keep it."""
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"There is no user {options['username']}.")
        token = ApiToken(
            user=user, name=options["name"], expires_on=options["expires_on"]
        )
        try:
            token.clean_fields(exclude=["sha256", "prefix"])
            text = issue(token=token, actor=None, today=fiscal.local_date())
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(text)
