"""Give coordinators and managers the program, and administrators its items."""

from django.db import migrations

from core.access import EDIT, Role, grant_program, grant_roles, rights_on

ITEMS = {Role.ADMINISTRATOR.value: rights_on("donations", ["item"], EDIT)}


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0001_initial"),
        ("municipalities", "0002_roles"),
        ("dashboard", "0002_roles"),
    ]
    operations = [
        migrations.RunPython(grant_program("donations"), migrations.RunPython.noop),
        migrations.RunPython(grant_roles(ITEMS), migrations.RunPython.noop),
    ]
