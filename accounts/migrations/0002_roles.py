"""Make the groups of the roles, and give administrators users and workplaces."""

from django.db import migrations

from core.access import EDIT, Role, grant_roles, rights_on

RIGHTS = {
    Role.FIELD_STAFF.value: [],
    Role.DUTY_OFFICER.value: [],
    Role.MANAGER.value: [],
    Role.ADMINISTRATOR.value: [
        *rights_on("accounts", ["user", "workplace"], EDIT),
        *rights_on("auth", ["group"], EDIT),
    ],
}


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(grant_roles(RIGHTS), migrations.RunPython.noop)]
