"""The log of reads: written first, only added to, and read by few."""

import datetime as dt

import pytest
from django.contrib.admin import site
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessEntry
from accounts.reads import record_change, record_read
from tests.accounts.factories import UserFactory, WorkplaceFactory

pytestmark = pytest.mark.django_db
LOG = reverse("accounts:access_log")
TABLE = AccessEntry._meta.db_table


@pytest.fixture
def entry():
    return read()


def read(user=None, at=None, **options):
    """Write an entry, dated `at` where one is given."""
    row = AccessEntry(
        user=user,
        action=options.pop("action", "view"),
        subject_type="alerts.IncidentReport",
        subject_id=1,
        subject="2016-000001",
        at=at or timezone.now(),
        **options,
    )
    row.save()
    return row


def rows(page):
    return [row.record for row in page.context["table"].rows]


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def change_one(entry):
    entry.reason = "x"
    entry.save()


CHANGES = [
    change_one,
    lambda entry: entry.delete(),
    lambda entry: AccessEntry.objects.update(reason="x"),
    lambda entry: AccessEntry.objects.all().delete(),
    lambda entry: AccessEntry.objects.bulk_update([entry], ["reason"]),
    lambda entry: AccessEntry.objects.all()._raw_delete("default"),
    lambda entry: execute(f"UPDATE {TABLE} SET reason = 'x'"),  # noqa: S608
    lambda entry: execute(f"DELETE FROM {TABLE}"),  # noqa: S608
]


@pytest.mark.parametrize("change", CHANGES)
def test_no_way_of_changing_or_deleting_an_entry_works(entry, change):
    with pytest.raises(IntegrityError, match="only added to"), transaction.atomic():
        change(entry)
    assert AccessEntry.objects.get().reason == ""


COLUMNS = "id, at, action, subject_type, subject, reason, row_count"
# How each database puts a row in the place of another, and empties a table.
REPLACING = {
    "sqlite": f"INSERT OR REPLACE INTO {TABLE} SELECT * FROM {TABLE}",  # noqa: S608
    "postgresql": f"INSERT INTO {TABLE} ({COLUMNS}) "  # noqa: S608
    f"SELECT {COLUMNS} FROM {TABLE} ON CONFLICT (id) DO UPDATE SET reason = 'x'",
}
EMPTYING = {"sqlite": f"DELETE FROM {TABLE}", "postgresql": f"TRUNCATE {TABLE}"}  # noqa: S608


@pytest.mark.parametrize("statements", [REPLACING, EMPTYING])
def test_log_is_neither_replaced_nor_emptied(entry, statements):
    # PostgreSQL empties no table whose foreign keys are still to be checked.
    if connection.vendor == "postgresql":
        execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
        execute(statements[connection.vendor])
    assert AccessEntry.objects.get().reason == ""


def test_person_in_the_log_is_not_deleted_with_the_account(entry):
    user = UserFactory()
    read(user)
    with pytest.raises(IntegrityError):
        user.delete()


@pytest.mark.django_db(transaction=True)
def test_entry_is_not_written_inside_a_transaction_that_may_be_undone():
    user, place = UserFactory(), WorkplaceFactory()
    with transaction.atomic(), pytest.raises(RuntimeError):
        record_read(user=user, action=AccessEntry.Action.VIEW, subject=place)
    with transaction.atomic():
        record_change(user=user, action=AccessEntry.Action.ERASE, subject=place)
    assert AccessEntry.objects.get().action == "erase"


def test_long_reason_is_cut():
    place = WorkplaceFactory()
    action = AccessEntry.Action.VIEW
    row = record_read(user=None, action=action, subject=place, reason="長" * 300)
    row.refresh_from_db()
    assert len(row.reason) == 200


def test_log_is_for_managers_and_administrators(manager, administrator, officer):
    assert manager.get(LOG).status_code == administrator.get(LOG).status_code == 200
    assert officer.get(LOG).status_code == 403
    assert LOG in manager.get("/").text
    assert LOG not in officer.get("/").text


def test_filters_of_the_log(manager):
    one, two = UserFactory(), UserFactory()
    # A day is one in Japan: from 15:00 of the day before in UTC.
    first = read(one, dt.datetime(2026, 11, 1, 15, 0, tzinfo=dt.UTC))
    second = read(one, dt.datetime(2026, 11, 2, 14, 59, tzinfo=dt.UTC), action="print")
    third = read(two, dt.datetime(2026, 11, 2, 15, 0, tzinfo=dt.UTC))
    for query, expected in [
        ({}, [third, second, first]),
        ({"user": one.pk}, [second, first]),
        ({"action": "print"}, [second]),
        ({"since": "2026/11/3"}, [third]),
        ({"until": "2026/11/2"}, [second, first]),
        (
            {"user": one.pk, "since": "令和8年11月2日", "until": "2026/11/2"},
            [second, first],
        ),
        ({"subject": "2016-000002"}, []),
    ]:
        assert rows(manager.get(LOG, query)) == expected, query


def test_all_that_one_person_did_stands_on_one_page_and_in_one_file(manager):
    person = UserFactory(display_name="架空 次郎")
    day = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)
    for minute in range(60):
        read(person, day + dt.timedelta(minutes=minute))
    assert len(rows(manager.get(LOG))) == 60
    assert len(manager.get(LOG).context["table"].paginated_rows) == 50
    query = {"user": person.pk, "since": "2026/10/25"}
    assert len(manager.get(LOG, query).context["table"].paginated_rows) == 60
    answer = manager.get(LOG, query | {"export": "csv"})
    text = b"".join(answer.streaming_content).decode()
    assert text.count("架空 次郎") == 60
    assert "次郎" not in answer.headers["Content-Disposition"]


def test_taking_out_the_log_is_itself_logged(manager):
    read(), read()
    b"".join(manager.get(LOG, {"export": "csv"}).streaming_content)
    entry = AccessEntry.objects.get(action="export")
    assert (entry.user, entry.row_count) == (manager.user, 2)


def test_query_count_does_not_grow_with_entries(
    manager, django_assert_max_num_queries, django_assert_num_queries
):
    read(UserFactory())
    manager.get(LOG)
    with django_assert_max_num_queries(20) as few:
        manager.get(LOG)
    for _time in range(20):
        read(UserFactory())
    with django_assert_num_queries(len(few)):
        manager.get(LOG)


def test_administration_finds_entries_and_changes_none(administrator, entry):
    read(UserFactory(username="mihon"), action="reveal")
    page = administrator.get(
        reverse("admin:accounts_accessentry_changelist"), {"q": "mihon"}
    )
    assert [row.action for row in page.context["cl"].result_list] == ["reveal"]
    url = reverse("admin:accounts_accessentry_change", args=[entry.pk])
    assert administrator.get(url).status_code == 200
    assert administrator.post(url, {"reason": "x"}).status_code == 403
    for name, args in (("add", []), ("delete", [entry.pk])):
        url = reverse(f"admin:accounts_accessentry_{name}", args=args)
        assert administrator.get(url).status_code == 403
    assert site.get_model_admin(AccessEntry).actions is None
