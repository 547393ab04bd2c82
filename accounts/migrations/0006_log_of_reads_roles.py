"""Let administrators and managers see who read what."""

from django.db import migrations

from core.access import VIEW, Role, grant_roles, rights_on

LOG = rights_on("accounts", ["accessentry"], VIEW)
RIGHTS = {Role.ADMINISTRATOR.value: LOG, Role.MANAGER.value: LOG}


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_log_of_reads")]
    operations = [migrations.RunPython(grant_roles(RIGHTS), migrations.RunPython.noop)]
