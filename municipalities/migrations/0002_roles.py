"""Let everybody look municipalities and desks up, and administrators edit them."""

from django.db import migrations

from core.access import EDIT, VIEW, Role, grant_roles, rights_on

LOOK_UP = rights_on("municipalities", ["municipality", "desk"], VIEW)
RIGHTS = {
    Role.FIELD_STAFF.value: LOOK_UP,
    Role.DUTY_OFFICER.value: LOOK_UP,
    Role.MANAGER.value: LOOK_UP,
    Role.ADMINISTRATOR.value: rights_on(
        "municipalities", ["municipality", "desk"], EDIT
    ),
}


class Migration(migrations.Migration):
    dependencies = [
        ("municipalities", "0001_initial"),
        ("accounts", "0002_roles"),
    ]
    operations = [migrations.RunPython(grant_roles(RIGHTS), migrations.RunPython.noop)]
