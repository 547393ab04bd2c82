from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_log_of_reads_roles"),
        ("alerts", "0006_urgent_signs"),
        ("municipalities", "0004_course_roles"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="incidentreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("erased_at__isnull", True),
                    models.Q(
                        ("age_band", ""),
                        ("desk_person", ""),
                        ("narrative", ""),
                        ("person_kana", ""),
                        ("person_name", ""),
                        ("person_phone", ""),
                        ("place", ""),
                        ("postal_code", ""),
                        ("reporter_name", ""),
                    ),
                    _connector="OR",
                ),
                name="report_erased_holds_nothing_personal",
            ),
        ),
    ]
