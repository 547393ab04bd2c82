"""Give the program's coordinators and the managers their rights."""

from django.db import migrations

from core.access import grant_program


class Migration(migrations.Migration):
    dependencies = [
        ("mutualaid", "0001_initial"),
        ("municipalities", "0002_roles"),
        ("dashboard", "0002_roles"),
    ]
    operations = [
        migrations.RunPython(grant_program("mutualaid"), migrations.RunPython.noop)
    ]
