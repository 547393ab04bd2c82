import pytest
from django.db import connection, transaction

from core.locks import hold


@pytest.mark.django_db(transaction=True)
def test_holding_needs_a_transaction():
    with pytest.raises(RuntimeError):
        hold("見本")


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite knows one writer at a time"
)
@pytest.mark.django_db(transaction=True)
def test_name_is_held_until_the_end_of_the_transaction():
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
    with transaction.atomic(), connection.cursor() as cursor:
        hold("見本")
        cursor.execute(held)
        assert cursor.fetchone()[0] >= 1
    with connection.cursor() as cursor:
        cursor.execute(f"{held} AND pid = pg_backend_pid()")
        assert cursor.fetchone()[0] == 0
