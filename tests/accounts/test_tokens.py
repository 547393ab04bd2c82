"""API tokens: made once, kept as a hash, ended by day, by hand and with the user."""

import datetime as dt
import io
import logging

import pytest
from auditlog.models import LogEntry
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import ApiToken
from accounts.tokens import issue, revoke, user_of
from tests.accounts.factories import UserFactory

TODAY = dt.date(2017, 5, 1)
NOW = dt.datetime(2017, 5, 1, 3, tzinfo=dt.UTC)
SECONDS = dt.timedelta(seconds=1)


def make_token(user=None, actor=None, **fields):
    """Return (text, row) of a new token."""
    token = ApiToken(user=user or UserFactory(), name="集計", **fields)
    return issue(token=token, actor=actor, today=TODAY), token


@pytest.fixture
def token(db):
    return make_token()


def everything_stored():
    """Return all text of all tables."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            found += [str(value) for row in cursor.fetchall() for value in row]
    return "\n".join(found)


def test_token_leads_to_its_user(token):
    text, row = token
    assert user_of(text, NOW) == row.user
    assert text.startswith(f"{row.prefix}_")


def test_secret_has_256_bits_and_is_new_each_time(db):
    secrets = {make_token()[0].split("_", 2)[2] for _ in range(20)}
    assert len(secrets) == 20
    # 32 bytes in the alphabet of 64 characters.
    assert {len(secret) for secret in secrets} == {43}


def test_secret_is_in_no_table_and_no_log(token, caplog):
    text, row = token
    with caplog.at_level(logging.DEBUG):
        user_of(text, NOW)
        user_of(text[:-1], NOW)
    stored = everything_stored()
    assert row.prefix in stored
    assert text.removeprefix(f"{row.prefix}_") not in stored
    assert text not in caplog.text


def test_history_keeps_who_made_it_without_the_hash(token):
    _text, row = token
    entries = LogEntry.objects.get_for_object(row)
    assert entries.count() == 1
    assert row.sha256 not in str(entries.get().changes)
    assert "name" in entries.get().changes


@pytest.mark.parametrize("text", ["", "x", "é", "\x00", "x" * 100_000])
def test_what_is_no_token_leads_nowhere(token, text):
    assert user_of(text, NOW) is None


def test_altered_token_leads_nowhere(token):
    text, row = token
    for other in (text[:-1], f"{text}x", text.upper(), row.prefix, row.sha256):
        assert user_of(other, NOW) is None


def test_token_works_through_its_last_day_in_japan(db):
    text, row = make_token(expires_on=TODAY)
    # 00:00 in Japan on the day after is 15:00 UTC.
    midnight = dt.datetime(2017, 5, 1, 15, tzinfo=dt.UTC)
    assert user_of(text, midnight - SECONDS) == row.user
    assert user_of(text, midnight) is None


def test_revoked_token_leads_nowhere(token):
    text, row = token
    revoke(token=row, at=NOW)
    assert user_of(text, NOW) is None


def test_user_who_is_switched_off_has_no_token(token):
    text, row = token
    row.user.is_active = False
    row.user.save()
    assert user_of(text, NOW) is None


def test_use_is_noted_once_an_hour(token, django_assert_num_queries):
    text, row = token
    hour = dt.timedelta(hours=1)
    for instant, queries, noted in [
        (NOW, 2, NOW),
        (NOW + hour - SECONDS, 1, NOW),
        (NOW + hour, 2, NOW + hour),
    ]:
        with django_assert_num_queries(queries):
            user_of(text, instant)
        row.refresh_from_db()
        assert row.last_used_at == noted
    assert LogEntry.objects.get_for_object(row).count() == 1


def test_token_that_could_never_work_is_not_made(db):
    with pytest.raises(ValidationError):
        make_token(user=UserFactory(is_active=False))
    with pytest.raises(ValidationError):
        make_token(expires_on=TODAY - dt.timedelta(days=1))
    assert not ApiToken.objects.exists()


def printed(*args):
    out = io.StringIO()
    call_command("create_api_token", *args, stdout=out)
    return out.getvalue().strip()


def test_command_prints_the_token_alone(db):
    user = UserFactory(username="program")
    text = printed("program", "集計", "--expires-on", "2999-03-20")
    assert user_of(text, NOW) == user
    row = ApiToken.objects.get()
    assert (row.name, row.expires_on) == ("集計", dt.date(2999, 3, 20))
    assert row.created_by is None


@pytest.mark.parametrize(
    "arguments",
    [
        ["nobody", "集計"],
        ["gone", "集計"],
        ["program", ""],
        ["program", "x" * 101],
        ["program", "集計", "--expires-on", "2001-01-01"],
        ["program", "集計", "--expires-on", "2001-13-01"],
    ],
)
def test_command_refuses_what_cannot_work(db, arguments):
    UserFactory(username="program")
    UserFactory(username="gone", is_active=False)
    with pytest.raises(CommandError):
        printed(*arguments)
    assert not ApiToken.objects.exists()
