"""Let everybody with a role report, and officers and managers work on the reports.

Field staff see the reports of their own workplace, officers and managers all.
Coordinators of every program may report what they notice, but do not read reports:
after sending they see the receipt through their own session. Administrators edit the
checklist of signs only.
"""

from django.db import migrations

from core.access import VIEW, Role, coordinator_of, grant_roles, rights_on

REPORT = ["alerts.add_incidentreport"]
READ = [
    *rights_on("alerts", ["incidentreport", "sign", "followup"], VIEW),
]
HANDLE = [
    "alerts.view_all_incidentreport",
    "alerts.handle_incidentreport",
    "alerts.change_incidentreport",
    "alerts.add_followup",
    *rights_on("alerts", ["casestory"], ["view", "add", "change"]),
]
COORDINATED = ("agreements", "childcare", "mutualaid", "donations", "deliveries")
RIGHTS = {
    Role.FIELD_STAFF.value: [*REPORT, *READ],
    Role.DUTY_OFFICER.value: [*REPORT, *READ, *HANDLE],
    Role.MANAGER.value: [*REPORT, *READ, *HANDLE, "alerts.approve_casestory"],
    Role.ADMINISTRATOR.value: rights_on("alerts", ["sign"], ["view", "add", "change"]),
    **{coordinator_of(program): REPORT for program in COORDINATED},
}


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0001_initial"),
        ("municipalities", "0002_roles"),
        ("dashboard", "0002_roles"),
    ]
    operations = [migrations.RunPython(grant_roles(RIGHTS), migrations.RunPython.noop)]
