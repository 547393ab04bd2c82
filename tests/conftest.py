"""The cast and the settings that every test shares."""

import datetime as dt
import os
import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations import RunPython
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from pytest_django.plugin import blocking_manager_key

from core import triggers
from core.access import Role, coordinator_of
from core.programs import installed_programs
from tests.accounts.factories import UserFactory, WorkplaceFactory
from tests.order import LongestFirst, put_in_order
from tests.plain import use_plain_settings

DEMO_DAY = dt.date(2026, 11, 24)
NEXT_ITEM = pytest.StashKey()
# Playwright runs an event loop in the thread of the test.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_configure(config):
    folder = tempfile.mkdtemp(prefix="tsunagari-tests-")
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    use_plain_settings(folder)


def pytest_terminal_summary(terminalreporter):
    """Say loudly on which database the suite did not run."""
    if connection.vendor != "postgresql" and not os.environ.get("CI"):
        terminalreporter.write_line(
            f"NOT RUN ON POSTGRESQL: this was {connection.vendor}. Set DATABASE_URL to "
            "a PostgreSQL server and run again.",
            yellow=True,
        )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return LongestFirst(config, log) if config.option.dist == "loadscope" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    # Without workers the order of pytest-django stands: transactions last.
    if hasattr(config, "workerinput"):
        put_in_order(items)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    """Bring back what migrations wrote, which a test with transactions flushes."""
    item.config.stash[NEXT_ITEM] = nextitem
    marker = item.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        # Closed years and logs refuse to be emptied.
        with item.config.stash[blocking_manager_key].unblock():
            triggers.remove()
            connection.close()
    result = yield
    # After the last test the test database is gone, and the real one is in its place.
    if nextitem and marker and marker.kwargs.get("transaction"):
        with item.config.stash[blocking_manager_key].unblock():
            repeat_data_migrations()
            # `flush` has made the triggers again, but a skipped test has no flush.
            triggers.install()
            # In the loop of Playwright this is a connection of its own, which would
            # keep the test database from being dropped.
            connection.close()
    return result


def repeat_data_migrations():
    """Run the Python steps of our migrations again, in order."""
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    for migration, _backwards in executor.migration_plan(leaves, clean_start=True):
        ours = not migration.__module__.startswith(("django.", "allauth.", "auditlog."))
        for step in migration.operations:
            if ours and isinstance(step, RunPython):
                step.code(apps, SimpleNamespace(connection=connection))


def grant(*group_names, **attributes):
    """Return a new user with the groups."""
    user = UserFactory(**attributes)
    user.groups.set(Group.objects.filter(name__in=group_names))
    return user


def sign_in(*group_names, **attributes):
    """Return a client signed in as a new user with the groups."""
    user = grant(*group_names, **attributes)
    client = Client()
    client.force_login(user)
    client.user = user
    return client


@contextmanager
def taken_back():
    """Take back at the end what is written inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """End what threads of tests have left open, or the database cannot be dropped."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(scope="module")
def module_db(django_db_setup, django_db_blocker):
    """The database for a fixture of a whole module; taken back afterwards."""
    with django_db_blocker.unblock(), taken_back():
        yield


@pytest.fixture(scope="session")
def kept_demo(django_db_setup, django_db_blocker):
    """What takes the demo back once no module after it needs it."""
    with ExitStack() as stack:
        yield stack
        with django_db_blocker.unblock():
            stack.close()


@pytest.fixture(scope="module")
def demo(request, kept_demo, django_db_blocker):
    """The demo as of `DEMO_DAY`, for a whole module; changes are taken back.

    It takes many seconds to load, so it stays for the next module if that needs it too.
    """
    with django_db_blocker.unblock():
        if not connection.in_atomic_block:
            load_for_modules(kept_demo)
        with taken_back():
            yield
        following = request.config.stash[NEXT_ITEM]
        if not following or "kept_demo" not in following.fixturenames:
            kept_demo.close()


def load_for_modules(kept_demo):
    with ExitStack() as stack:
        stack.enter_context(taken_back())
        call_command("load_demo", today=DEMO_DAY, verbosity=0)
        # Once here, or every test checks all that the demo has written, as it ends.
        connection.check_constraints()
        kept_demo.push(stack.pop_all())


@pytest.fixture
def workplace(db):
    return WorkplaceFactory()


@pytest.fixture
def staff(workplace):
    """Field staff of `workplace`."""
    return sign_in(Role.FIELD_STAFF, workplace=workplace)


@pytest.fixture
def other_staff(db):
    """Field staff of another workplace."""
    return sign_in(Role.FIELD_STAFF, workplace=WorkplaceFactory())


@pytest.fixture
def officer(workplace):
    return sign_in(Role.DUTY_OFFICER, workplace=workplace)


@pytest.fixture
def coordinator(workplace):
    """A coordinator of all programs."""
    groups = [coordinator_of(program.label) for program in installed_programs()]
    return sign_in(*groups, workplace=workplace)


@pytest.fixture
def manager(workplace):
    return sign_in(Role.MANAGER, workplace=workplace)


@pytest.fixture
def administrator(db):
    return sign_in(Role.ADMINISTRATOR, is_staff=True)


@pytest.fixture
def outsider(db):
    """Signed in, without any role."""
    return sign_in()
