"""The triggers that make the rows of closed years read-only, in every way in.

They are made from what the indicators declare (`dashboard.counted`), again after every
`migrate`, which takes them away while it changes tables. On PostgreSQL
a writer holds a shared lock on the year of its row until it commits, and closing takes
the lock for itself: no row slips in between counting and closing. SQLite knows one
writer at a time.

What they do not stop: a superuser who switches triggers off (PostgreSQL's
`session_replication_role`) or drops them, or a restored copy from before the closing.
TRUNCATE is refused while any year is closed; `loaddata` meets them like other inserts.
"""
# ruff: noqa: S608 - the names in the SQL are those of our models, never typed by people

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection, models

from .counted import CountedTable, State, counted_tables
from .indicators import registry
from .models import AnnualFigure, AnnualReport, Remark, YearClosing

# What the messages of the database begin with; `dashboard.refusals` knows them.
CLOSED = "the year is closed"
FROZEN = "this is frozen"
PREFIX = "frozen_"
# The first key of PostgreSQL's advisory locks; the second is the year, 0 for stocks.
LOCK = 20160321
CLOSINGS = f'"{YearClosing._meta.db_table}"'
EVENTS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}


@dataclass(frozen=True)
class Trigger:
    """A trigger on one event, on each row of a table.

    condition: SQL over OLD and NEW, true where the row is refused. message: what the
    error says. locks: SQL of the years of the row, for PostgreSQL. kind: what tells it
    from another one on the same event. timing: AFTER, so that generated columns are
    known, except where only BEFORE sees what is replaced.
    """

    table: str
    event: str
    condition: str
    message: str
    locks: tuple[str, ...] = ()
    kind: str = ""
    timing: str = "AFTER"

    @property
    def name(self) -> str:
        """The name of the trigger; PostgreSQL allows 63 characters."""
        return f"{PREFIX}{self.kind}{self.event.lower()}_{self.table}"[:63]


def expected() -> dict[str, str]:
    """Return {name: SQL that makes it} of every trigger that should stand."""
    make = _postgresql if connection.vendor == "postgresql" else _sqlite
    tables = set(connection.introspection.table_names())
    found: dict[str, str] = {}
    for trigger in _triggers():
        if trigger.table in tables:
            found[trigger.name] = make(trigger)
    if connection.vendor == "postgresql":
        for table in sorted({t.table for t in _triggers()} & tables):
            found[f"{PREFIX}truncate_{table}"[:63]] = _truncate(table)
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


def lock_year(year: int) -> None:
    """Wait for everybody who writes rows of a year, and keep others out until commit.

    On SQLite the transaction that closes is the only writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for key in (0, year):
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, key])


# What is refused ----------------------------------------------------------------------


def _triggers() -> list[Trigger]:
    tables = counted_tables(registry)
    found = [*_frozen_rows(), *_deciding_rows(tables)]
    for table in tables:
        found += _counted_rows(table)
        for link in sorted(table.links, key=lambda link: link.table):
            found += _linked_rows(table, link.table, link.column)
    if connection.vendor == "sqlite":
        found += _replaced_rows([t for t in found if t.event == "DELETE"])
    return found


def _counted_rows(table: CountedTable) -> Iterator[Trigger]:
    changed = _changed(sorted(table.columns))
    states = sorted(table.states, key=lambda state: state.sql)
    for event, rows in EVENTS.items():
        years = [f'{row}."{year}"' for year in sorted(table.years) for row in rows]
        refused = [
            f"EXISTS (SELECT 1 FROM {CLOSINGS} y WHERE y.reopened_at IS NULL "
            f"AND y.fiscal_year IN ({', '.join(years)}))"
            + (f" AND ({changed})" if event == "UPDATE" else "")
        ] * bool(years)
        for state in states:
            refused.append(_state_changes(table, state, event, changed))
        locks = (*years, *(["0"] if states else []))
        condition = "\n  OR ".join(f"({one})" for one in refused)
        yield Trigger(table.name, event, condition, CLOSED, tuple(locks))


def _state_changes(table: CountedTable, state: State, event: str, changed: str) -> str:
    """Refuse what alters the state on a closed year's last day, or a counted column."""
    if event != "UPDATE":
        alters = _holds(table, state, EVENTS[event][0])
    else:
        before = _holds(table, state, "OLD", undated="NEW")
        after = _holds(table, state, "NEW")
        alters = f"({before}) <> ({after}) OR ({after}) AND ({changed})"
    return (
        f"EXISTS (SELECT 1 FROM {CLOSINGS} y WHERE y.reopened_at IS NULL "
        f"AND ({alters}))"
    )


def _holds(table: CountedTable, state: State, row: str, undated: str = "") -> str:
    """Return SQL that tells whether a row counts on the day of the closing `y`.

    In an update, a column without a date of its own is taken as it becomes on both
    sides (`undated`), so that its change alone alters nothing.
    """
    columns = []
    for one in table.model._meta.concrete_fields:
        side = undated if undated and one.column in state.undated else row
        columns.append(f'{side}."{one.column}" AS "{one.column}"')
    virtual = f'FROM (SELECT {", ".join(columns)}) AS "{table.name}"'
    sql = state.sql.replace(f'FROM "{table.name}"', virtual, 1)
    return f"EXISTS ({sql.replace('{day}', 'y.last_day')})"


def _linked_rows(table: CountedTable, name: str, column: str) -> Iterator[Trigger]:
    """Refuse changes of pairs whose row lies in a closed year."""
    pk = table.model._meta.pk.column
    years = ", ".join(f't."{year}"' for year in sorted(table.years))
    for event, rows in EVENTS.items():
        keys = ", ".join(f'{row}."{column}"' for row in rows)
        condition = (
            f'EXISTS (SELECT 1 FROM "{table.name}" t JOIN {CLOSINGS} y '
            f"ON y.reopened_at IS NULL AND y.fiscal_year IN ({years}) "
            f'WHERE t."{pk}" IN ({keys}))'
        )
        yield Trigger(name, event, condition, CLOSED)


def _deciding_rows(tables: Iterable[CountedTable]) -> Iterator[Trigger]:
    """Refuse changes of what rows of a closed year point at, where it decides."""
    refused = defaultdict(list)
    for table in tables:
        years = ", ".join(f't."{year}"' for year in sorted(table.years))
        for one in sorted(table.pointers, key=lambda one: (one.table, one.column)):
            refused[one.table].append(
                f"({_changed(sorted(one.columns))}) AND EXISTS (SELECT 1 "
                f'FROM "{table.name}" t JOIN {CLOSINGS} y ON y.reopened_at IS NULL '
                f"AND y.fiscal_year IN ({years}) "
                f'WHERE t."{one.column}" = OLD."{one.pk}")'
            )
    for name, conditions in sorted(refused.items()):
        condition = "\n  OR ".join(f"({one})" for one in conditions)
        yield Trigger(name, "UPDATE", condition, CLOSED, kind="deciding_")


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


def _frozen_rows() -> Iterator[Trigger]:
    """Refuse changes of what was published, closed or corrected."""
    figure, closing = AnnualFigure._meta.db_table, YearClosing._meta.db_table
    said = ("indicator", "fiscal_year", "breakdown", "status", "as_of")
    amount = ("value", "numerator", "denominator")
    finished = (
        f"NEW.status = 'closed' AND EXISTS (SELECT 1 FROM {CLOSINGS} y "
        "WHERE y.id = NEW.closing_id AND y.sha256 <> '')"
    )
    yield Trigger(figure, "INSERT", finished, FROZEN)
    changed = f"OLD.status = 'closed' OR {_changed([*said, *amount])}"
    yield Trigger(figure, "UPDATE", changed, FROZEN)
    yield Trigger(figure, "DELETE", "1 = 1", FROZEN)
    kept = _changed(_all_but(YearClosing, "reopened_at", "reopened_by_id", "reason"))
    rewritten = f"OLD.reopened_at IS NOT NULL OR OLD.sha256 <> '' AND ({kept})"
    yield Trigger(closing, "UPDATE", rewritten, FROZEN)
    yield Trigger(closing, "DELETE", "1 = 1", FROZEN)
    for event in ("UPDATE", "DELETE"):
        correction = "OLD.kind = 'correction'"
        yield Trigger(Remark._meta.db_table, event, correction, FROZEN)
    report = AnnualReport._meta.db_table
    changed = _changed(_all_but(AnnualReport, "is_public"))
    yield Trigger(report, "UPDATE", changed, FROZEN)
    yield Trigger(report, "DELETE", "1 = 1", FROZEN)


def _all_but(model: type, *names: str) -> list[str]:
    columns = [field.column for field in model._meta.concrete_fields]  # type: ignore[attr-defined]
    return [column for column in columns if column not in names]


def _changed(columns: list[str]) -> str:
    """Return SQL that tells whether an update changes one of the columns."""
    if connection.vendor == "postgresql":
        # As text, because JSON cannot be compared.
        pairs = (f'OLD."{c}"::text IS DISTINCT FROM NEW."{c}"::text' for c in columns)
    else:
        pairs = (f'OLD."{c}" IS NOT NEW."{c}"' for c in columns)
    return " OR ".join(pairs) or "1 = 0"


# How each database is told ------------------------------------------------------------


def _sqlite(trigger: Trigger) -> str:
    return (
        f'CREATE TRIGGER "{trigger.name}" {trigger.timing} {trigger.event} '
        f'ON "{trigger.table}"\n'
        f"WHEN {trigger.condition}\n"
        f"BEGIN SELECT RAISE(ABORT, '{trigger.message}'); END"
    )


def _postgresql(trigger: Trigger) -> str:
    locks = "".join(
        f"  IF {year} IS NOT NULL THEN "
        f"PERFORM pg_advisory_xact_lock_shared({LOCK}, {year}); END IF;\n"
        for year in trigger.locks
    )
    return _function(
        trigger.name,
        f"BEGIN\n{locks}"
        f"  IF {trigger.condition} THEN\n"
        f"    RAISE EXCEPTION '{trigger.message}' "
        "USING ERRCODE = 'integrity_constraint_violation';\n"
        "  END IF;\n  RETURN NULL;\nEND",
        f'AFTER {trigger.event} ON "{trigger.table}" FOR EACH ROW',
    )


def _truncate(table: str) -> str:
    return _function(
        f"{PREFIX}truncate_{table}"[:63],
        f"BEGIN\n  IF EXISTS (SELECT 1 FROM {CLOSINGS}) THEN\n"
        f"    RAISE EXCEPTION '{FROZEN}' "
        "USING ERRCODE = 'integrity_constraint_violation';\n"
        "  END IF;\n  RETURN NULL;\nEND",
        f'BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT',
    )


def _function(name: str, body: str, when: str) -> str:
    return (
        f'CREATE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS '
        f"$body${body}$body$;\n"
        f'CREATE TRIGGER "{name}" {when} EXECUTE FUNCTION "{name}"()'
    )
