"""Closings, remarks and reports; closed figures keep how they were defined."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0002_roles"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AnnualReport",
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
                    "fiscal_year",
                    models.PositiveSmallIntegerField(verbose_name="fiscal year"),
                ),
                ("version", models.PositiveSmallIntegerField(verbose_name="version")),
                ("document", models.JSONField(verbose_name="document")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                (
                    "is_public",
                    models.BooleanField(
                        default=False, verbose_name="may be read without sign-in"
                    ),
                ),
                (
                    "published_at",
                    core.fields.DateTimeField(verbose_name="published at"),
                ),
            ],
            options={
                "verbose_name": "annual report",
                "verbose_name_plural": "annual reports",
                "ordering": ("-fiscal_year", "-version"),
            },
        ),
        migrations.CreateModel(
            name="Remark",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("note", "Note"),
                            ("break", "Break in series"),
                            ("correction", "Correction"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "indicator",
                    models.CharField(max_length=100, verbose_name="indicator"),
                ),
                (
                    "fiscal_year",
                    models.PositiveSmallIntegerField(verbose_name="fiscal year"),
                ),
                (
                    "breakdown",
                    models.CharField(
                        blank=True, max_length=100, verbose_name="breakdown"
                    ),
                ),
                ("text", models.TextField(max_length=1000, verbose_name="text")),
                (
                    "value",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=18,
                        null=True,
                        verbose_name="right value",
                    ),
                ),
                (
                    "numerator",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=18,
                        null=True,
                        verbose_name="numerator",
                    ),
                ),
                (
                    "denominator",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=18,
                        null=True,
                        verbose_name="denominator",
                    ),
                ),
                (
                    "source",
                    models.CharField(blank=True, max_length=200, verbose_name="source"),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(auto_now_add=True, verbose_name="recorded at"),
                ),
            ],
            options={
                "verbose_name": "remark",
                "verbose_name_plural": "remarks",
                "ordering": ("recorded_at", "pk"),
            },
        ),
        migrations.CreateModel(
            name="ReportText",
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
                    "fiscal_year",
                    models.PositiveSmallIntegerField(verbose_name="fiscal year"),
                ),
                (
                    "section",
                    models.CharField(blank=True, max_length=50, verbose_name="section"),
                ),
                (
                    "text",
                    models.TextField(
                        blank=True, max_length=5000, verbose_name="introduction"
                    ),
                ),
            ],
            options={
                "verbose_name": "text of the annual report",
                "verbose_name_plural": "texts of the annual report",
                "ordering": ("fiscal_year", "section"),
            },
        ),
        migrations.CreateModel(
            name="YearClosing",
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
                    "fiscal_year",
                    models.PositiveSmallIntegerField(verbose_name="fiscal year"),
                ),
                ("version", models.PositiveSmallIntegerField(verbose_name="version")),
                ("last_day", core.fields.DateField(verbose_name="last day")),
                ("closed_at", core.fields.DateTimeField(verbose_name="closed at")),
                (
                    "closed_by_name",
                    models.CharField(
                        max_length=150, verbose_name="name of who closed it"
                    ),
                ),
                (
                    "scope",
                    models.JSONField(default=list, verbose_name="what was frozen"),
                ),
                (
                    "findings",
                    models.JSONField(
                        default=list, verbose_name="what the checks found"
                    ),
                ),
                (
                    "sha256",
                    models.CharField(blank=True, max_length=64, verbose_name="SHA-256"),
                ),
                (
                    "reopened_at",
                    core.fields.DateTimeField(
                        blank=True, null=True, verbose_name="reopened at"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=500,
                        verbose_name="reason for reopening",
                    ),
                ),
            ],
            options={
                "verbose_name": "closing of a year",
                "verbose_name_plural": "closings of years",
                "ordering": ("-fiscal_year", "-version"),
            },
        ),
        migrations.RemoveConstraint(
            model_name="annualfigure",
            name="annual_figure_stands_once",
        ),
        migrations.AddField(
            model_name="annualfigure",
            name="definition",
            field=models.TextField(blank=True, verbose_name="definition"),
        ),
        migrations.AddField(
            model_name="annualfigure",
            name="label",
            field=models.CharField(
                blank=True, max_length=200, verbose_name="name of the figure"
            ),
        ),
        migrations.AddField(
            model_name="annualfigure",
            name="name",
            field=models.CharField(
                blank=True, max_length=200, verbose_name="name of the part"
            ),
        ),
        migrations.AddField(
            model_name="annualfigure",
            name="row_count",
            field=models.PositiveBigIntegerField(
                blank=True, null=True, verbose_name="rows"
            ),
        ),
        migrations.AddField(
            model_name="annualfigure",
            name="unit",
            field=models.CharField(blank=True, max_length=50, verbose_name="unit"),
        ),
        migrations.AddField(
            model_name="annualreport",
            name="published_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="published by",
            ),
        ),
        migrations.AddField(
            model_name="remark",
            name="recorded_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="recorded by",
            ),
        ),
        migrations.AddConstraint(
            model_name="reporttext",
            constraint=models.UniqueConstraint(
                fields=("fiscal_year", "section"), name="report_text_is_written_once"
            ),
        ),
        migrations.AddField(
            model_name="yearclosing",
            name="closed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="closed by",
            ),
        ),
        migrations.AddField(
            model_name="yearclosing",
            name="reopened_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="reopened by",
            ),
        ),
        migrations.AddField(
            model_name="annualfigure",
            name="closing",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="figures",
                to="dashboard.yearclosing",
                verbose_name="closing of a year",
            ),
        ),
        migrations.AddConstraint(
            model_name="annualfigure",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "published")),
                fields=("indicator", "fiscal_year", "breakdown"),
                name="annual_figure_is_published_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="annualfigure",
            constraint=models.UniqueConstraint(
                fields=("closing", "indicator", "breakdown"),
                name="annual_figure_is_closed_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="annualfigure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closing__isnull", True), ("status", "published")),
                    models.Q(("closing__isnull", False), ("status", "closed")),
                    _connector="OR",
                ),
                name="annual_figure_is_closed_by_a_closing",
            ),
        ),
        migrations.AddConstraint(
            model_name="annualreport",
            constraint=models.UniqueConstraint(
                fields=("fiscal_year", "version"), name="report_has_its_version"
            ),
        ),
        migrations.AddConstraint(
            model_name="annualreport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_public", True)),
                fields=("fiscal_year",),
                name="report_is_public_in_one_version",
            ),
        ),
        migrations.AddIndex(
            model_name="remark",
            index=models.Index(
                fields=["fiscal_year", "indicator", "breakdown"], name="remark_place"
            ),
        ),
        migrations.AddConstraint(
            model_name="remark",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind", "correction"),
                    models.Q(("numerator__isnull", True), ("value__isnull", True)),
                    _connector="OR",
                ),
                name="remark_with_a_value_is_a_correction",
            ),
        ),
        migrations.AddConstraint(
            model_name="yearclosing",
            constraint=models.UniqueConstraint(
                fields=("fiscal_year", "version"), name="closing_has_its_version"
            ),
        ),
        migrations.AddConstraint(
            model_name="yearclosing",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reopened_at__isnull", True)),
                fields=("fiscal_year",),
                name="closing_stands_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="yearclosing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reopened_at__isnull", True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="closing_is_reopened_with_a_reason",
            ),
        ),
    ]
