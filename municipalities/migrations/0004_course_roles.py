"""Let everybody who looks desks up see delivery courses; administrators edit them."""

from django.db import migrations

from core.access import EDIT, VIEW, Role, coordinator_of, grant_roles, rights_on

COURSES = ["deliverycourse", "coursearea"]
LOOK_UP = rights_on("municipalities", COURSES, VIEW)
PROGRAMS = ("agreements", "childcare", "mutualaid", "donations", "deliveries")
RIGHTS = {
    Role.FIELD_STAFF.value: LOOK_UP,
    Role.DUTY_OFFICER.value: LOOK_UP,
    Role.MANAGER.value: LOOK_UP,
    Role.ADMINISTRATOR.value: rights_on("municipalities", COURSES, EDIT),
    **{coordinator_of(program): LOOK_UP for program in PROGRAMS},
}


class Migration(migrations.Migration):
    dependencies = [("municipalities", "0003_courses_and_hours")]
    operations = [migrations.RunPython(grant_roles(RIGHTS), migrations.RunPython.noop)]
