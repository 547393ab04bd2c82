"""Who sees and adds photos, corrections and decisions about reports."""

from django.db import migrations

from core.access import VIEW, Role, coordinator_of, grant_roles, rights_on

REPORT = ["alerts.add_photo"]
READ = rights_on("alerts", ["photo", "correction"], VIEW)
HANDLE = [
    *rights_on("alerts", ["distinction"], ["view", "add"]),
    *rights_on("alerts", ["escalation"], VIEW),
    "alerts.view_all_photo",
    "alerts.delete_photo",
]
PROGRAMS = ("agreements", "childcare", "mutualaid", "donations", "deliveries")
RIGHTS = {
    Role.FIELD_STAFF.value: [*REPORT, *READ],
    Role.DUTY_OFFICER.value: [*REPORT, *READ, *HANDLE],
    Role.MANAGER.value: [*REPORT, *READ, *HANDLE],
    **{coordinator_of(program): REPORT for program in PROGRAMS},
}


class Migration(migrations.Migration):
    dependencies = [("alerts", "0004_doorstep_to_outcome")]
    operations = [migrations.RunPython(grant_roles(RIGHTS), migrations.RunPython.noop)]
