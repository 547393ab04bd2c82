import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_api_token_roles"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessEntry",
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
                    "at",
                    core.fields.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="when"
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("view", "Opened the page"),
                            ("reveal", "Revealed personal data"),
                            ("edit", "Opened the form"),
                            ("photo", "Saw a photo"),
                            ("print", "Printed"),
                            ("export", "Took out a file"),
                            ("erase", "Erased personal data"),
                        ],
                        max_length=10,
                        verbose_name="what was done",
                    ),
                ),
                (
                    "subject_type",
                    models.CharField(max_length=100, verbose_name="kind of record"),
                ),
                (
                    "subject_id",
                    models.BigIntegerField(null=True, verbose_name="key of the record"),
                ),
                ("subject", models.CharField(max_length=100, verbose_name="record")),
                (
                    "reason",
                    models.CharField(blank=True, max_length=200, verbose_name="reason"),
                ),
                (
                    "row_count",
                    models.PositiveIntegerField(
                        default=1, verbose_name="number of rows"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accesses",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry of the log of reads",
                "verbose_name_plural": "log of reads",
                "ordering": ("-at", "-pk"),
                "indexes": [
                    models.Index(
                        fields=["subject_type", "subject_id", "-at"],
                        name="access_by_subject",
                    ),
                    models.Index(fields=["user", "-at"], name="access_by_user"),
                    models.Index(fields=["-at", "-id"], name="access_newest"),
                ],
            },
        ),
    ]
