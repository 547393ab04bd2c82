"""Letting one transaction at a time do something, by the name of the thing."""

from django.db import connection


def hold(name: str) -> None:
    """Wait until no other transaction holds `name`; hold it until the end of this one.

    On SQLite a transaction is the only writer anyway. Raises RuntimeError outside of a
    transaction, where nothing would be held.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("hold() needs a transaction")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            sql = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
            cursor.execute(sql, [name])
