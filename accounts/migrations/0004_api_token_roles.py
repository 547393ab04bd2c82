"""Give administrators the API tokens."""

from django.db import migrations

from core.access import EDIT, Role, grant_roles, rights_on

RIGHTS = {Role.ADMINISTRATOR.value: rights_on("accounts", ["apitoken"], EDIT)}


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_api_tokens")]
    operations = [migrations.RunPython(grant_roles(RIGHTS), migrations.RunPython.noop)]
