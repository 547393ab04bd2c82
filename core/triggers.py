"""Triggers that refuse changes in the database itself, whatever way they come.

An app says which (`register`), from its `ready()`; they are made after every
`migrate`, which takes them away while it changes tables: SQLite cannot rename the
rebuilt copy of a table that a trigger elsewhere asks, and a migration of data may have
to touch protected rows.

What they do not stop: a superuser who switches triggers off (PostgreSQL's
`session_replication_role`) or drops them. `loaddata` meets them like other inserts.
"""
# ruff: noqa: S608 - the names in the SQL are those of our models, never typed by people

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection, models

PREFIX = "frozen_"
APPEND_ONLY = "this log is only added to"


@dataclass(frozen=True)
class Trigger:
    """A trigger on one event, on each row of a table.

    condition: SQL over OLD and NEW, true where the row is refused. message: what the
    error says. truncation: SQL, true while PostgreSQL must not TRUNCATE the table.
    before: statements that a writer runs first on PostgreSQL, such as taking locks.
    kind: what tells it from another one on the same event. timing: AFTER, so that
    generated columns are known, except where only BEFORE sees what is replaced.
    """

    table: str
    event: str
    condition: str
    message: str
    truncation: str = "TRUE"
    before: str = ""
    kind: str = ""
    timing: str = "AFTER"

    @property
    def name(self) -> str:
        """The name of the trigger; PostgreSQL allows 63 characters."""
        return f"{PREFIX}{self.kind}{self.event.lower()}_{self.table}"[:63]


Source = Callable[[], Iterable[Trigger]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Let `source` say which triggers stand, whenever they are made or compared."""
    _sources.append(source)


def append_only(model: type[models.Model]) -> Iterator[Trigger]:
    """Yield the triggers that keep every row of a log as it was written."""
    for event in ("UPDATE", "DELETE"):
        yield Trigger(model._meta.db_table, event, "1 = 1", APPEND_ONLY)


def changed(columns: Iterable[str]) -> str:
    """Return SQL that tells whether an update changes one of the columns."""
    if connection.vendor == "postgresql":
        # As text, because JSON cannot be compared.
        pairs = (f'OLD."{c}"::text IS DISTINCT FROM NEW."{c}"::text' for c in columns)
    else:
        pairs = (f'OLD."{c}" IS NOT NEW."{c}"' for c in columns)
    return " OR ".join(pairs) or "1 = 0"


def expected() -> dict[str, str]:
    """Return {name: SQL that makes it} of every trigger that should stand."""
    make = _postgresql if connection.vendor == "postgresql" else _sqlite
    tables = set(connection.introspection.table_names())
    found: dict[str, str] = {}
    for trigger in _triggers():
        if trigger.table not in tables:
            continue
        found[trigger.name] = make(trigger)
        if connection.vendor == "postgresql":
            name = f"{PREFIX}truncate_{trigger.table}"[:63]
            found[name] = _truncate(name, trigger)
    return found


def standing() -> Mapping[str, str]:
    """Return {name: definition} of the triggers that are in the database.

    The definition is comparable with `expected()`: on SQLite the SQL itself, on
    PostgreSQL that of the function behind the trigger, empty when it is switched off.
    """
    with connection.cursor() as cursor:
        cursor.execute(STANDING[connection.vendor], [f"{PREFIX}%"])
        return dict(cursor.fetchall())


STANDING = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' "
    "AND name LIKE %s",
    "postgresql": "SELECT t.tgname, CASE WHEN t.tgenabled = 'D' THEN '' "
    "ELSE p.prosrc END FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
    "JOIN pg_class c ON c.oid = t.tgrelid "
    "WHERE NOT t.tgisinternal AND pg_table_is_visible(c.oid) AND t.tgname LIKE %s",
}


def missing() -> list[str]:
    """Return the names of triggers that are absent, changed or too many."""
    there, wanted = standing(), expected()
    return sorted(
        name
        for name in there.keys() | wanted.keys()
        if name not in there or name not in wanted or not _same(wanted, there, name)
    )


def _same(wanted: Mapping[str, str], there: Mapping[str, str], name: str) -> bool:
    if connection.vendor == "postgresql":
        body = re.search(r"\$body\$(.*?)\$body\$", wanted[name], re.DOTALL)
        return body is not None and body[1] == there[name]
    return wanted[name] == there[name]


def install() -> None:
    """Make every trigger that is missing or changed, and drop what is too many."""
    wanted = expected()
    if not (wrong := missing()):
        return
    with connection.cursor() as cursor:
        for name in wrong:
            _drop(cursor, name)
            if name in wanted:
                # None: no parameters, so that % stays what it is.
                cursor.execute(wanted[name], None)


def before_migrate(*, using: str, plan: list, **kwargs: Any) -> None:
    """Take the triggers away where a migration follows.

    SQLite cannot rename the rebuilt copy of a table that a trigger elsewhere asks, and
    a migration of data may have to touch closed years.
    """
    if using == DEFAULT_DB_ALIAS and plan:
        remove()


def after_migrate(*, using: str, **kwargs: Any) -> None:
    """Make the triggers again: SQLite drops those of a table that it rebuilds."""
    if using == DEFAULT_DB_ALIAS:
        install()


def remove() -> None:
    """Drop every trigger of ours: for tests, which empty all tables."""
    with connection.cursor() as cursor:
        for name in standing():
            _drop(cursor, name)


def _drop(cursor: object, name: str) -> None:
    if connection.vendor == "postgresql":
        # The trigger goes with its function.
        cursor.execute(f'DROP FUNCTION IF EXISTS "{name}" CASCADE')  # type: ignore[attr-defined]
    else:
        cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"')  # type: ignore[attr-defined]


def _triggers() -> list[Trigger]:
    found = [trigger for source in _sources for trigger in source()]
    if connection.vendor == "sqlite":
        found += _replaced_rows([t for t in found if t.event == "DELETE"])
    return found


def _replaced_rows(deletes: Iterable[Trigger]) -> Iterator[Trigger]:
    """Refuse INSERT OR REPLACE and UPDATE OR REPLACE of rows that must stay.

    SQLite deletes what is in the way of a key without asking the triggers of DELETE.
    """
    every = apps.get_models(include_auto_created=True)
    by_table = {model._meta.db_table: model for model in every}
    for trigger in deletes:
        model = by_table[trigger.table]
        stays = trigger.condition.replace("OLD.", "t.")
        pk = f'"{model._meta.pk.column}"'
        keys = " OR ".join(f"({key})" for key in _keys(model))
        for event, other in (("INSERT", ""), ("UPDATE", f"t.{pk} <> OLD.{pk} AND ")):
            condition = (
                f'EXISTS (SELECT 1 FROM "{trigger.table}" t '
                f"WHERE {other}({keys}) AND ({stays}))"
            )
            yield replace(
                trigger, event=event, condition=condition, kind="kept_", timing="BEFORE"
            )


def _keys(model: type[models.Model]) -> Iterator[str]:
    """Yield SQL that tells whether the row `t` has a key of the NEW one."""
    options = model._meta
    alone = [(field.name,) for field in options.concrete_fields if field.unique]
    for names in (*alone, *options.unique_together):
        yield _same_key(model, names)
    # Not entered: it only writes the condition, and opens no transaction of its own.
    editor = connection.SchemaEditorClass(connection, collect_sql=True)
    for constraint in options.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields:
            condition = constraint._get_condition_sql(model, editor)
            key = _same_key(model, constraint.fields)
            # Both rows must be ones for which the key is unique at all.
            for row in ("t", "NEW") if condition else ():
                only = re.sub(r'"(\w+)"', rf'{row}."\1"', condition)
                key = f"{key} AND ({only})"
            yield key


def _same_key(model: type[models.Model], names: Iterable[str]) -> str:
    columns = [model._meta.get_field(name).column for name in names]
    return " AND ".join(f't."{column}" = NEW."{column}"' for column in columns)


# How each database is told ------------------------------------------------------------


def _sqlite(trigger: Trigger) -> str:
    return (
        f'CREATE TRIGGER "{trigger.name}" {trigger.timing} {trigger.event} '
        f'ON "{trigger.table}"\n'
        f"WHEN {trigger.condition}\n"
        f"BEGIN SELECT RAISE(ABORT, '{trigger.message}'); END"
    )


def _postgresql(trigger: Trigger) -> str:
    return _function(
        trigger.name,
        f"BEGIN\n{trigger.before}"
        f"  IF {trigger.condition} THEN\n"
        f"    RAISE EXCEPTION '{trigger.message}' "
        "USING ERRCODE = 'integrity_constraint_violation';\n"
        "  END IF;\n  RETURN NULL;\nEND",
        f'AFTER {trigger.event} ON "{trigger.table}" FOR EACH ROW',
    )


def _truncate(name: str, trigger: Trigger) -> str:
    return _function(
        name,
        f"BEGIN\n  IF {trigger.truncation} THEN\n"
        f"    RAISE EXCEPTION '{trigger.message}' "
        "USING ERRCODE = 'integrity_constraint_violation';\n"
        "  END IF;\n  RETURN NULL;\nEND",
        f'BEFORE TRUNCATE ON "{trigger.table}" FOR EACH STATEMENT',
    )


def _function(name: str, body: str, when: str) -> str:
    return (
        f'CREATE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS '
        f"$body${body}$body$;\n"
        f'CREATE TRIGGER "{name}" {when} EXECUTE FUNCTION "{name}"()'
    )
