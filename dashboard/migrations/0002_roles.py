"""Let duty officers and managers see the figures; programs add their coordinators."""

from django.db import migrations

from core.access import VIEW, Role, grant_roles, rights_on

FIGURES = rights_on("dashboard", ["annualfigure"], VIEW)
RIGHTS = {Role.DUTY_OFFICER.value: FIGURES, Role.MANAGER.value: FIGURES}


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0001_initial"),
        ("accounts", "0002_roles"),
    ]
    operations = [migrations.RunPython(grant_roles(RIGHTS), migrations.RunPython.noop)]
