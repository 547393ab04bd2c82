"""Who keeps links, returned mails, plans and days off, and who sees the outbox."""

from django.db import migrations

from core.access import EDIT, VIEW, Role, coordinator_of, grant_roles, rights_on

MODELS = ["familylink", "bounce", "plan", "dayoff", "sendingreport", "sendingalarm"]
RIGHTS = {
    coordinator_of("deliveries"): [
        *rights_on("deliveries", MODELS, EDIT),
        *rights_on("outbox", ["mail"], ["view", "change"]),
    ],
    Role.MANAGER.value: [
        *rights_on("deliveries", MODELS, VIEW),
        *rights_on("outbox", ["mail"], VIEW),
    ],
    Role.ADMINISTRATOR.value: [
        *rights_on("outbox", ["mail"], ["view", "change"]),
        *rights_on("outbox", ["worker"], VIEW),
    ],
}


class Migration(migrations.Migration):
    dependencies = [
        ("deliveries", "0005_notice_knows_when"),
        ("outbox", "0001_initial"),
    ]
    operations = [migrations.RunPython(grant_roles(RIGHTS), migrations.RunPython.noop)]
