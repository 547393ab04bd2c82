"""What the database refuses to change: rows of closed years, and what was published.

The triggers (`core.triggers`) are made from what the indicators declare
(`dashboard.counted`). On PostgreSQL a writer holds a shared lock on the year of its row
until it commits, and closing takes the lock for itself: no row slips in between
counting and closing. SQLite knows one writer at a time.

What they do not stop: a restored copy from before the closing. TRUNCATE is refused
while any year is closed.
"""
# ruff: noqa: S608 - the names in the SQL are those of our models, never typed by people

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import partial

from django.db import connection

from core import triggers

from .counted import CountedTable, State, counted_tables
from .indicators import registry
from .models import AnnualFigure, AnnualReport, Remark, YearClosing

# What the messages of the database begin with; `dashboard.refusals` knows them.
CLOSED = "the year is closed"
FROZEN = "this is frozen"
# The first key of PostgreSQL's advisory locks; the second is the year, 0 for stocks.
LOCK = 20160321
CLOSINGS = f'"{YearClosing._meta.db_table}"'
EVENTS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}
Trigger = partial(triggers.Trigger, truncation=f"EXISTS (SELECT 1 FROM {CLOSINGS})")


def lock_year(year: int) -> None:
    """Wait for everybody who writes rows of a year, and keep others out until commit.

    On SQLite the transaction that closes is the only writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for key in (0, year):
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, key])


def protected() -> list[triggers.Trigger]:
    """Return the triggers of closed years and of what was published."""
    tables = counted_tables(registry)
    found = [*_frozen_rows(), *_deciding_rows(tables)]
    for table in tables:
        found += _counted_rows(table)
        for link in sorted(table.links, key=lambda link: link.table):
            found += _linked_rows(table, link.table, link.column)
    return found


def _counted_rows(table: CountedTable) -> Iterator[triggers.Trigger]:
    changed = triggers.changed(sorted(table.columns))
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
        condition = "\n  OR ".join(f"({one})" for one in refused)
        locks = _locks([*years, *(["0"] if states else [])])
        yield Trigger(table.name, event, condition, CLOSED, before=locks)


def _locks(years: Iterable[str]) -> str:
    """Return the statements by which a writer holds off the closing of its years."""
    return "".join(
        f"  IF {year} IS NOT NULL THEN "
        f"PERFORM pg_advisory_xact_lock_shared({LOCK}, {year}); END IF;\n"
        for year in years
    )


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


def _linked_rows(
    table: CountedTable, name: str, column: str
) -> Iterator[triggers.Trigger]:
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


def _deciding_rows(tables: Iterable[CountedTable]) -> Iterator[triggers.Trigger]:
    """Refuse changes of what rows of a closed year point at, where it decides."""
    refused = defaultdict(list)
    for table in tables:
        years = ", ".join(f't."{year}"' for year in sorted(table.years))
        for one in sorted(table.pointers, key=lambda one: (one.table, one.column)):
            refused[one.table].append(
                f"({triggers.changed(sorted(one.columns))}) AND EXISTS (SELECT 1 "
                f'FROM "{table.name}" t JOIN {CLOSINGS} y ON y.reopened_at IS NULL '
                f"AND y.fiscal_year IN ({years}) "
                f'WHERE t."{one.column}" = OLD."{one.pk}")'
            )
    for name, conditions in sorted(refused.items()):
        condition = "\n  OR ".join(f"({one})" for one in conditions)
        yield Trigger(name, "UPDATE", condition, CLOSED, kind="deciding_")


def _frozen_rows() -> Iterator[triggers.Trigger]:
    """Refuse changes of what was published, closed or corrected."""
    figure, closing = AnnualFigure._meta.db_table, YearClosing._meta.db_table
    said = ("indicator", "fiscal_year", "breakdown", "status", "as_of")
    amount = ("value", "numerator", "denominator")
    finished = (
        f"NEW.status = 'closed' AND EXISTS (SELECT 1 FROM {CLOSINGS} y "
        "WHERE y.id = NEW.closing_id AND y.sha256 <> '')"
    )
    yield Trigger(figure, "INSERT", finished, FROZEN)
    changed = f"OLD.status = 'closed' OR {triggers.changed([*said, *amount])}"
    yield Trigger(figure, "UPDATE", changed, FROZEN)
    yield Trigger(figure, "DELETE", "1 = 1", FROZEN)
    reopening = ("reopened_at", "reopened_by_id", "reason")
    kept = triggers.changed(_all_but(YearClosing, *reopening))
    rewritten = f"OLD.reopened_at IS NOT NULL OR OLD.sha256 <> '' AND ({kept})"
    yield Trigger(closing, "UPDATE", rewritten, FROZEN)
    yield Trigger(closing, "DELETE", "1 = 1", FROZEN)
    for event in ("UPDATE", "DELETE"):
        correction = "OLD.kind = 'correction'"
        yield Trigger(Remark._meta.db_table, event, correction, FROZEN)
    report = AnnualReport._meta.db_table
    changed = triggers.changed(_all_but(AnnualReport, "is_public"))
    yield Trigger(report, "UPDATE", changed, FROZEN)
    yield Trigger(report, "DELETE", "1 = 1", FROZEN)


def _all_but(model: type, *names: str) -> list[str]:
    columns = [field.column for field in model._meta.concrete_fields]  # type: ignore[attr-defined]
    return [column for column in columns if column not in names]
