"""Let readers of figures see closings, remarks and reports; managers make them."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from core.access import VIEW, Role, grant_roles, rights_on

READ = rights_on(
    "dashboard", ["yearclosing", "remark", "reporttext", "annualreport"], VIEW
)
WRITE = [
    *rights_on("dashboard", ["yearclosing", "annualreport"], ["add", "change"]),
    *rights_on("dashboard", ["remark"], ["add", "delete"]),
    *rights_on("dashboard", ["reporttext"], ["add", "change"]),
]


def grant(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    alias = schema_editor.connection.alias
    readers = (
        apps.get_model("auth", "Group")
        .objects.using(alias)
        .filter(permissions__codename="view_annualfigure")
        .values_list("name", flat=True)
    )
    rights = dict.fromkeys(readers, READ)
    rights[Role.MANAGER.value] = [*READ, *WRITE]
    grant_roles(rights)(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("dashboard", "0003_closing_and_report")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
