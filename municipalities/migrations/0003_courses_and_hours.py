import django.db.models.deletion
from django.db import migrations, models

import core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_log_of_reads"),
        ("municipalities", "0002_roles"),
    ]

    operations = [
        migrations.AddField(
            model_name="desk",
            name="fallback",
            field=models.ForeignKey(
                blank=True,
                help_text="The desk to call when this one is closed or does not answer.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="municipalities.desk",
                verbose_name="who else",
            ),
        ),
        migrations.AddField(
            model_name="desk",
            name="is_closed_on_holidays",
            field=models.BooleanField(
                default=True,
                help_text="Public holidays, and 29 December to 3 January.",
                verbose_name="closed on holidays",
            ),
        ),
        migrations.CreateModel(
            name="DeliveryCourse",
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
                ("code", models.CharField(max_length=20, verbose_name="code")),
                (
                    "name",
                    models.CharField(blank=True, max_length=100, verbose_name="name"),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                (
                    "search_key",
                    core.fields.SearchKeyField(
                        "code", "name", default="", editable=False
                    ),
                ),
                (
                    "workplace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="courses",
                        to="accounts.workplace",
                        verbose_name="workplace",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery course",
                "verbose_name_plural": "delivery courses",
                "ordering": ("workplace", "code"),
            },
        ),
        migrations.CreateModel(
            name="CourseArea",
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
                    "sub_area",
                    models.CharField(
                        blank=True,
                        help_text="As written at the desks; empty: the whole municipality.",
                        max_length=100,
                        verbose_name="sub-area",
                    ),
                ),
                (
                    "municipality",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="municipalities.municipality",
                        verbose_name="municipality",
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="areas",
                        to="municipalities.deliverycourse",
                        verbose_name="delivery course",
                    ),
                ),
            ],
            options={
                "verbose_name": "area of a delivery course",
                "verbose_name_plural": "areas of delivery courses",
                "ordering": ("course", "municipality", "sub_area"),
            },
        ),
        migrations.AddConstraint(
            model_name="deliverycourse",
            constraint=models.UniqueConstraint(
                fields=("workplace", "code"), name="course_is_listed_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="coursearea",
            constraint=models.UniqueConstraint(
                fields=("course", "municipality", "sub_area"),
                name="course_area_is_listed_once",
            ),
        ),
    ]
