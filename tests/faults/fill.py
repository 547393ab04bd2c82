"""Make tables, people and places of a run in an empty database, told as JSON."""

import json
import sys

import django

django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402
from django.contrib.auth.models import Group  # noqa: E402
from django.core.management import call_command  # noqa: E402

from alerts.models import Sign  # noqa: E402
from core.access import Role, coordinator_of  # noqa: E402
from tests.accounts.factories import UserFactory, WorkplaceFactory  # noqa: E402
from tests.faults.people import PASSWORD  # noqa: E402
from tests.municipalities.factories import (  # noqa: E402
    DeskFactory,
    MunicipalityFactory,
)

COORDINATOR = coordinator_of("deliveries")
STAFF = 16
OFFICERS = 8
COORDINATORS = 2


def fill():
    """Make people of one workplace, and a municipality with its desk."""
    workplace = WorkplaceFactory()
    secret = make_password(PASSWORD)
    names = {
        Role.FIELD_STAFF: [f"staff{n}" for n in range(STAFF)],
        Role.DUTY_OFFICER: [f"officer{n}" for n in range(OFFICERS)],
        COORDINATOR: [f"coordinator{n}" for n in range(COORDINATORS)],
    }
    for role, usernames in names.items():
        group = Group.objects.get(name=role)
        for username in usernames:
            user = UserFactory(username=username, password=secret, workplace=workplace)
            user.groups.add(group)
    DeskFactory(municipality=MunicipalityFactory(name="見本市"))
    return {
        "staff": names[Role.FIELD_STAFF],
        "officers": names[Role.DUTY_OFFICER],
        "coordinators": names[COORDINATOR],
        "signs": list(Sign.objects.values_list("pk", flat=True)),
    }


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    json.dump(fill(), sys.stdout)
