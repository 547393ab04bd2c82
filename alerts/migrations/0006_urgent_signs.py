"""Mark the signs of the checklist that cannot wait for office hours."""

from django.db import migrations

URGENT = ("collapsed", "abuse")


def mark(apps, schema_editor):
    Sign = apps.get_model("alerts", "Sign")
    signs = Sign.objects.using(schema_editor.connection.alias)
    signs.filter(code__in=URGENT).update(is_urgent=True)


class Migration(migrations.Migration):
    dependencies = [("alerts", "0005_outcome_roles")]
    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
