import uuid

import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import alerts.models.history
import core.fields
import core.fiscal


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_log_of_reads"),
        ("alerts", "0003_signs"),
        ("municipalities", "0003_courses_and_hours"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("at", core.fields.DateTimeField(verbose_name="when")),
                (
                    "before",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="before",
                    ),
                ),
            ],
            options={
                "verbose_name": "correction",
                "verbose_name_plural": "corrections",
                "ordering": ("at", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Distinction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("at", core.fields.DateTimeField(verbose_name="when")),
            ],
            options={
                "verbose_name": "distinction of two reports",
                "verbose_name_plural": "distinctions of two reports",
            },
        ),
        migrations.CreateModel(
            name="Escalation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        choices=[("officer", "Duty officer"), ("manager", "Manager")],
                        max_length=10,
                        verbose_name="who was told",
                    ),
                ),
                ("at", core.fields.DateTimeField(verbose_name="when")),
                (
                    "recipients",
                    models.PositiveIntegerField(verbose_name="number of addresses"),
                ),
            ],
            options={
                "verbose_name": "escalation",
                "verbose_name_plural": "escalations",
                "ordering": ("at", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Photo",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "file",
                    models.FileField(
                        upload_to=alerts.models.history.photo_path, verbose_name="photo"
                    ),
                ),
                ("width", models.PositiveIntegerField(verbose_name="width")),
                ("height", models.PositiveIntegerField(verbose_name="height")),
                ("added_at", core.fields.DateTimeField(verbose_name="added at")),
            ],
            options={
                "verbose_name": "photo",
                "verbose_name_plural": "photos",
                "permissions": (
                    ("view_all_photo", "Can view the photos of all workplaces"),
                ),
                "ordering": ("added_at", "pk"),
            },
        ),
        migrations.RemoveConstraint(
            model_name="incidentreport",
            name="report_names_who_noticed",
        ),
        migrations.AddField(
            model_name="casestory",
            name="season",
            field=models.CharField(
                blank=True,
                choices=[
                    ("spring", "Spring"),
                    ("summer", "Summer"),
                    ("autumn", "Autumn"),
                    ("winter", "Winter"),
                ],
                max_length=10,
                verbose_name="time of year",
            ),
        ),
        migrations.AddField(
            model_name="casestory",
            name="withdrawn_at",
            field=core.fields.DateTimeField(
                blank=True, null=True, verbose_name="withdrawn at"
            ),
        ),
        migrations.AddField(
            model_name="casestory",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="withdrawn by",
            ),
        ),
        migrations.AddField(
            model_name="casestory",
            name="withdrawn_reason",
            field=models.CharField(
                blank=True, max_length=200, verbose_name="why it was withdrawn"
            ),
        ),
        migrations.AddField(
            model_name="incidentreport",
            name="ask_again_at",
            field=core.fields.DateTimeField(
                blank=True,
                help_text="When to ask the desk again how it went.",
                null=True,
                verbose_name="ask again at",
            ),
        ),
        migrations.AddField(
            model_name="incidentreport",
            name="course",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="municipalities.deliverycourse",
                verbose_name="delivery course",
            ),
        ),
        migrations.AddField(
            model_name="incidentreport",
            name="emergency_called_at",
            field=core.fields.DateTimeField(
                blank=True, null=True, verbose_name="time of the call to 119 or 110"
            ),
        ),
        migrations.AddField(
            model_name="incidentreport",
            name="erased_at",
            field=core.fields.DateTimeField(
                blank=True,
                editable=False,
                null=True,
                verbose_name="personal data erased at",
            ),
        ),
        migrations.AddField(
            model_name="incidentreport",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                help_text="The first report of the same event; only that one is counted.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="continuations",
                to="alerts.incidentreport",
                verbose_name="continues",
            ),
        ),
        migrations.AddField(
            model_name="incidentreport",
            name="person_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("elderly", "An older person"),
                    ("child", "A child"),
                    ("disabled", "A person with a disability"),
                    ("other", "Somebody else, or unknown"),
                ],
                max_length=10,
                verbose_name="Who is it about?",
            ),
        ),
        migrations.AddField(
            model_name="incidentreport",
            name="person_phone",
            field=models.CharField(
                blank=True,
                max_length=20,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[0-9０-９+＋()（）\\-－‐ー ]{3,20}$",
                        "Enter a telephone number such as 047-000-0000.",
                    )
                ],
                verbose_name="telephone of the person",
            ),
        ),
        migrations.AddField(
            model_name="incidentreport",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        migrations.AddField(
            model_name="sign",
            name="is_urgent",
            field=models.BooleanField(
                default=False,
                help_text="Reports with it are to be passed on at once, day or night.",
                verbose_name="urgent",
            ),
        ),
        migrations.AddIndex(
            model_name="incidentreport",
            index=models.Index(
                condition=models.Q(("ask_again_at__isnull", False)),
                fields=["ask_again_at", "id"],
                name="report_to_ask_again",
            ),
        ),
        migrations.AddIndex(
            model_name="incidentreport",
            index=models.Index(
                fields=["municipality", "-noticed_at", "-id"],
                name="report_by_municipality",
            ),
        ),
        migrations.AddConstraint(
            model_name="incidentreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reporter__isnull", False),
                    models.Q(("reporter_name", ""), _negated=True),
                    ("erased_at__isnull", False),
                    _connector="OR",
                ),
                name="report_names_who_noticed",
                violation_error_message="Enter who noticed it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="incidentreport",
            constraint=models.CheckConstraint(
                condition=models.Q(("merged_into", models.F("pk")), _negated=True),
                name="report_does_not_continue_itself",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="corrected by",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="report",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="corrections",
                to="alerts.incidentreport",
                verbose_name="incident report",
            ),
        ),
        migrations.AddField(
            model_name="distinction",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="distinction",
            name="first",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="alerts.incidentreport",
            ),
        ),
        migrations.AddField(
            model_name="distinction",
            name="second",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="alerts.incidentreport",
            ),
        ),
        migrations.AddField(
            model_name="escalation",
            name="report",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="escalations",
                to="alerts.incidentreport",
                verbose_name="incident report",
            ),
        ),
        migrations.AddField(
            model_name="photo",
            name="added_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="added by",
            ),
        ),
        migrations.AddField(
            model_name="photo",
            name="report",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="photos",
                to="alerts.incidentreport",
                verbose_name="incident report",
            ),
        ),
        migrations.AddField(
            model_name="incidentreport",
            name="noticed_hour",
            field=models.GeneratedField(
                choices=[
                    (0, "0:00"),
                    (1, "1:00"),
                    (2, "2:00"),
                    (3, "3:00"),
                    (4, "4:00"),
                    (5, "5:00"),
                    (6, "6:00"),
                    (7, "7:00"),
                    (8, "8:00"),
                    (9, "9:00"),
                    (10, "10:00"),
                    (11, "11:00"),
                    (12, "12:00"),
                    (13, "13:00"),
                    (14, "14:00"),
                    (15, "15:00"),
                    (16, "16:00"),
                    (17, "17:00"),
                    (18, "18:00"),
                    (19, "19:00"),
                    (20, "20:00"),
                    (21, "21:00"),
                    (22, "22:00"),
                    (23, "23:00"),
                ],
                db_persist=True,
                expression=core.fiscal.LocalHour("noticed_at"),
                output_field=models.IntegerField(),
                verbose_name="hour",
            ),
        ),
        migrations.AddField(
            model_name="incidentreport",
            name="noticed_weekday",
            field=models.GeneratedField(
                choices=[
                    (1, "Monday"),
                    (2, "Tuesday"),
                    (3, "Wednesday"),
                    (4, "Thursday"),
                    (5, "Friday"),
                    (6, "Saturday"),
                    (7, "Sunday"),
                ],
                db_persist=True,
                expression=core.fiscal.LocalWeekday("noticed_at"),
                output_field=models.IntegerField(),
                verbose_name="day of the week",
            ),
        ),
        migrations.AddConstraint(
            model_name="distinction",
            constraint=models.UniqueConstraint(
                fields=("first", "second"), name="distinction_is_made_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="distinction",
            constraint=models.CheckConstraint(
                condition=models.Q(("first__lt", models.F("second"))),
                name="distinction_is_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="escalation",
            constraint=models.UniqueConstraint(
                fields=("report", "step"), name="escalation_is_sent_once"
            ),
        ),
    ]
