"""Two managers at once, and a process killed while it closes: real processes.

Each runs on a database of its own, of the kind the suite runs on: a file of SQLite, or
a database beside the test database of PostgreSQL.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
NAME = f"closing_faults_{os.getpid()}"
FILL = """
import django; django.setup()
from tests.childcare.factories import SessionFactory
from tests.childcare.rows import make_rows
make_rows()
SessionFactory.create_batch(200)
"""
CLOSE = """
import django; django.setup()
from django.utils import timezone
from dashboard.closing import close_year
for step in close_year(year=2016, actor=None, at=timezone.now()):
    print(step.done, flush=True)
"""
STATE = """
import django; django.setup()
from dashboard.closing import fingerprint
from dashboard.models import AnnualFigure, YearClosing
standing = YearClosing.objects.standing().first()
whole = standing is None or fingerprint(standing) == standing.sha256 != ""
print(YearClosing.objects.count(), AnnualFigure.objects.count(), bool(standing), whole)
"""


@pytest.fixture(scope="module")
def own_database(tmp_path_factory, django_db_setup, django_db_blocker):
    """Yield the address of a database with a few rows in every program."""
    if connection.vendor == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('faults')}/own.sqlite3"
        yield filled(url)
        return
    with django_db_blocker.unblock():
        params = connection.get_connection_params()
    place = {key: params.get(key) for key in ("host", "port", "user", "password")}
    with psycopg.connect(**place, dbname=params["dbname"], autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
        account = f"{place['user']}:{place['password'] or ''}"
        yield filled(
            f"postgres://{account}@{place['host']}:{place['port'] or 5432}/{NAME}"
        )
        drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
        server.execute(drop.format(sql.Identifier(NAME)))


def filled(url):
    run(url, "manage.py", "migrate", "--verbosity", "0")
    run(url, "-c", FILL)
    return url


def start(url, *arguments):
    settings = {"DJANGO_SETTINGS_MODULE": "config.settings", "DEBUG": "1"}
    return subprocess.Popen(  # noqa: S603 - our own commands
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | settings | {"DATABASE_URL": url, "PYTHONWARNINGS": "ignore"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(url, *arguments):
    process = start(url, *arguments)
    output, _nothing = process.communicate(timeout=120)
    assert process.returncode == 0, output
    return output


def state(url):
    """Return (closings, frozen figures, whether one stands, whether it is whole)."""
    closings, figures, stands, whole = run(url, "-c", STATE).split()[-4:]
    return int(closings), int(figures), stands == "True", whole == "True"


def reopen(url):
    run(url, "manage.py", "reopen_year", "2016", "--reason", "見本")


def test_killed_while_closing_it_is_all_or_nothing(own_database):
    closings, figures, _stands, _whole = state(own_database)
    killed = 0
    for step in (1, 15, 30, 45, 60, 73):
        process = start(own_database, "-c", CLOSE)
        while process.stdout.readline().strip() not in (str(step), ""):
            pass
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode in (-signal.SIGKILL, 0)
        now_closings, now_figures, stands, whole = state(own_database)
        if stands:
            assert whole
            assert now_closings == closings + 1
            assert now_figures > figures
            reopen(own_database)
        else:
            killed += 1
            assert (now_closings, now_figures) == (closings, figures)
        closings, figures = now_closings, now_figures
    assert killed, "no kill came in time"


def test_two_managers_at_once_are_one_closing(own_database):
    closings, figures, stands, _whole = state(own_database)
    if stands:
        reopen(own_database)
    both = [start(own_database, "manage.py", "close_year", "2016") for _ in range(2)]
    outputs = [process.communicate(timeout=120)[0] for process in both]
    assert sorted(process.returncode for process in both) == [0, 1], outputs
    assert "close_year" in "".join(outputs)
    now_closings, now_figures, stands, whole = state(own_database)
    assert (now_closings, stands, whole) == (closings + 1, True, True)
    assert now_figures > figures
