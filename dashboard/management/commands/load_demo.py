"""Load the demo: invented records that add up to the published figures."""

import datetime as dt
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils.module_loading import module_has_submodule
from tqdm import tqdm

from accounts.models import User, Workplace
from core import fiscal
from core.access import Role, coordinator_of
from core.programs import installed_programs
from dashboard.models import AnnualFigure

MARKER = "DEMO-0"
PASSWORD = "tsunagari-demo"  # noqa: S105 - printed on purpose, for the demo only
WORKPLACES = (
    (MARKER, "見本センター", Workplace.Kind.DELIVERY_CENTRE),
    ("DEMO-1", "架空センター", Workplace.Kind.DELIVERY_CENTRE),
    ("DEMO-2", "見本駅前店", Workplace.Kind.STORE),
    ("DEMO-3", "架空台店", Workplace.Kind.STORE),
    ("DEMO-9", "見本本部", Workplace.Kind.OFFICE),
)
PEOPLE = (
    ("staff", "見本 太郎", Role.FIELD_STAFF, MARKER),
    ("officer", "見本 花子", Role.DUTY_OFFICER, MARKER),
    ("coordinator", "架空 さくら", Role.COORDINATOR, "DEMO-9"),
    ("manager", "架空 一郎", Role.MANAGER, "DEMO-9"),
    ("admin", "架空 みどり", Role.ADMINISTRATOR, "DEMO-9"),
)


class Command(BaseCommand):
    """Load the demo once; every app adds its share by a module `demo` with `load()`."""

    help = "Load invented records that add up to the published figures, once."

    def add_arguments(self, parser: Any) -> None:
        """Accept the day that the demo takes for today."""
        parser.add_argument("--today", type=dt.date.fromisoformat, default=None)

    def handle(self, *args: Any, **options: Any) -> None:
        """Load everything, or nothing. Raises CommandError where real records exist."""
        self.quiet = options["verbosity"] == 0
        if Workplace.objects.filter(code=MARKER).exists():
            self._say("The demo is already loaded.")
        else:
            if found := _real_records():
                raise CommandError(
                    f"There are records of {found} here. The demo is loaded into an "
                    "empty database only; set DATABASE_URL to another one."
                )
            with transaction.atomic():
                self._load(options["today"] or fiscal.local_date())
        self._say(
            f"Sign in as {', '.join(name for name, *_ in PEOPLE)} "
            f"with the password {PASSWORD}"
        )

    def _load(self, today: dt.date) -> None:
        call_command("import_municipalities", service_area="11,12,13", verbosity=0)
        call_command("import_postal_codes", prefectures="11,12,13", verbosity=0)
        users = _make_people()
        for config in apps.get_app_configs():
            if load := _loader(config):
                load(today=today, users=users, progress=self._progress)
        call_command("import_figures", verbosity=0)
        call_command("import_figures", "published_rates", verbosity=0)
        with connection.cursor() as cursor:
            # Until the database knows how many rows there are now, it may join them in
            # an order that takes minutes.
            cursor.execute("ANALYZE")

    def _progress(self, label: str, steps: Iterable) -> Iterator:
        yield from tqdm(
            # None: no bar where nobody looks, such as a log.
            list(steps),
            desc=label,
            disable=self.quiet or None,
            ncols=72,
        )

    def _say(self, text: str) -> None:
        if not self.quiet:
            self.stdout.write(text)


def _loader(config: AppConfig) -> Any:
    if not module_has_submodule(config.module, "demo"):
        return None
    return import_module(f"{config.name}.demo").load


def _real_records() -> str:
    """Return the name of the first kind of record that exists; empty without any."""
    # What belongs to something else is a record; a list of its own, such as the signs
    # of a checklist, may come from a migration.
    records = [
        model
        for program in installed_programs()
        for model in program.get_models()
        if any(field.many_to_one for field in model._meta.get_fields())
    ]
    for model in (User, Workplace, AnnualFigure, *records):
        if model._default_manager.exists():
            return str(model._meta.verbose_name_plural)
    return ""


def _make_people() -> dict[str, User]:
    places = {
        code: Workplace.objects.create(code=code, name=name, kind=kind)
        for code, name, kind in WORKPLACES
    }
    users = {}
    for number, (username, name, role, workplace) in enumerate(PEOPLE, start=1):
        users[username] = user = User.objects.create_user(
            username=username,
            password=PASSWORD,
            display_name=name,
            email=f"{username}@example.jp",
            employee_number=f"DEMO{number:03}",
            workplace=places[workplace],
            is_staff=role is Role.ADMINISTRATOR,
        )
        groups = [role.value]
        if role is Role.COORDINATOR:
            groups = [coordinator_of(program.label) for program in installed_programs()]
        user.groups.set(Group.objects.filter(name__in=groups))
    return users
