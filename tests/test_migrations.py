"""Migrations stand for the models, and have no two of one number."""

from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

OURS = [
    c for c in apps.get_app_configs() if (Path(c.path).parent / "manage.py").exists()
]


@pytest.mark.django_db
def test_no_migration_is_missing():
    out = StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=out)
    assert "No changes" in out.getvalue()


def test_no_two_migrations_have_one_number():
    for config in OURS:
        names = [p.name[:4] for p in Path(config.path).glob("migrations/0*.py")]
        assert not [n for n, times in Counter(names).items() if times > 1], config.name
