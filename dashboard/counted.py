"""Which rows and columns a year counts, read from what the indicators declare.

Nothing is listed twice: the query by which an indicator counts also says which columns
of its table decide the number. `dashboard.triggers` makes these read-only for closed
years; all other columns (names, addresses, notes) stay free to be changed and erased.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models
from django.db.models import F, QuerySet
from django.db.models.expressions import Col
from django.db.models.sql import Query
from django.db.models.sql.datastructures import Join

from .indicators import Flow, Indicator, Stock

# A day that no record has: where it stands in a query, the year's last day belongs.
ANY_DAY = dt.date(9998, 7, 6)


@dataclass(frozen=True)
class Link:
    """A table whose rows belong to counted ones, such as the signs of a report."""

    table: str
    column: str


@dataclass(frozen=True)
class Pointer:
    """A column of counted rows that points at a row which decides what they count as.

    columns: those of the other table, such as a hub's series or a delivery's status.
    """

    column: str
    table: str
    pk: str
    columns: frozenset[str]


@dataclass(frozen=True)
class State:
    """A condition on the row of a stock: true while it counts on a closed year's day.

    sql: a SELECT over the model's table that gives a row when it does; the day stands
    in it as `{day}`. undated: columns that may change without a date of their own.
    """

    sql: str
    undated: tuple[str, ...]


@dataclass
class CountedTable:
    """A table of which some rows belong to years.

    years: columns that hold the year of a row. columns: those that decide a figure.
    """

    model: type[models.Model]
    years: set[str] = field(default_factory=set)
    columns: set[str] = field(default_factory=set)
    links: set[Link] = field(default_factory=set)
    pointers: set[Pointer] = field(default_factory=set)
    states: set[State] = field(default_factory=set)

    @property
    def name(self) -> str:
        """The name of the table."""
        return self.model._meta.db_table


def counted_tables(indicators: Iterable[Indicator]) -> list[CountedTable]:
    """Return what the indicators count, one entry per table, in order of the names.

    Raises ValueError when a stock compares with another day than the one it is given.
    """
    found: dict[str, CountedTable] = {}
    for indicator in indicators:
        if isinstance(indicator, Flow):
            rows = indicator.records()
            table = found.setdefault(rows.model._meta.label, CountedTable(rows.model))
            table.years.add(_column(rows.model, indicator.year))
            for name in (indicator.year, indicator.on):
                table.columns |= set(_plain(rows.model._meta.get_field(name)))
        elif isinstance(indicator, Stock):
            rows = indicator.records(ANY_DAY)
            table = found.setdefault(rows.model._meta.label, CountedTable(rows.model))
            table.states.add(_state(indicator, rows))
        else:
            continue
        _add_columns(table, indicator, rows)
    return sorted(found.values(), key=lambda table: table.name)


def _add_columns(table: CountedTable, indicator: Flow | Stock, rows: QuerySet) -> None:
    parts = {f"by_{name}": F(by.path) for name, by in indicator.by.items()}
    query = rows.annotate(measured=indicator.measure, **parts).query
    expressions = [*query.annotations.values()]
    if isinstance(indicator, Flow):
        expressions.append(query.where)
    for column in _columns(expressions, table.model):
        table.columns |= set(_plain(column))
    for parent, join in _joins(query):
        # From the row to what it points at, or from a table of pairs to the row.
        own, other = join.join_cols[0]
        if parent != table.name:
            continue
        if own == table.model._meta.pk.column:
            table.links.add(Link(join.table_name, other))
            continue
        table.columns.add(own)
        if isinstance(indicator, Flow):
            _add_pointer(table, join, expressions)
    table.columns.discard(table.model._meta.pk.column)


def _add_pointer(table: CountedTable, join: Join, expressions: list[Any]) -> None:
    """Note which columns of a joined table decide; what it points at itself may move.

    A school may move to the successor of its municipality; a hub's series may not.
    """
    own, other = join.join_cols[0]
    model = join.join_field.related_model
    # By the name of the join: a subquery over the same table decides nothing here.
    found = _columns(expressions, model, join.table_alias)
    used = {column for column in found if not column.is_relation}
    columns = frozenset(column.column for column in used if column.column != other)
    if columns:
        table.pointers.add(Pointer(own, join.table_name, other, columns))


def _joins(query: Query) -> Iterator[tuple[str, Join]]:
    for alias, join in query.alias_map.items():
        # Django keeps joins that turned out not to be needed, such as for "is null".
        if isinstance(join, Join) and query.alias_refcount[alias]:
            yield query.alias_map[join.parent_alias].table_name, join


def _columns(
    expressions: Iterable[Any], model: type[models.Model], alias: str = ""
) -> Iterator[Any]:
    """Yield the fields of `model` in expressions, those in subqueries included.

    alias: only those of the table that the query knows by this name.
    """
    for expression in expressions:
        if isinstance(expression, Col):
            if expression.target.model is model and alias in ("", expression.alias):
                yield expression.target
        elif isinstance(expression, Query):
            inner = (expression.where, *expression.annotations.values())
            yield from _columns(inner, model, alias)
        elif hasattr(expression, "get_source_expressions"):
            inner = filter(None, expression.get_source_expressions())
            yield from _columns(inner, model, alias)


def _plain(column: models.Field) -> Iterator[str]:
    """Yield the stored columns behind a field: of a generated one its sources."""
    if not isinstance(column, models.GeneratedField):
        yield column.column
        return
    source = column.expression.resolve_expression(Query(column.model))
    for inner in _columns([source], column.model):
        yield from _plain(inner)


def _column(model: type[models.Model], name: str) -> str:
    return model._meta.get_field(name).column


def _state(indicator: Stock, rows: QuerySet) -> State:
    # The columns of the SELECT do not matter, only whether it gives a row.
    compiler = rows.order_by().values("pk").query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    day = connection.ops.adapt_datefield_value(ANY_DAY)
    other = _state_params(rows.model, indicator)
    if [_literal(p) for p in params if p != day] != other:
        raise ValueError(
            f"{indicator.key} compares with another day than the one given"
        )
    written = [("{day}" if p == day else _literal(p)) for p in params]
    undated = tuple(_column(rows.model, name) for name in indicator.undated)
    return State(sql.replace("%%", "%") % tuple(written), undated)


def _state_params(model: type[models.Model], indicator: Stock) -> list[str]:
    """Return what the condition compares with on any other day: all but the day."""
    other_day = ANY_DAY - dt.timedelta(days=400)
    rows = indicator.records(other_day).order_by().values("pk")
    _sql, params = rows.query.get_compiler(connection=connection).as_sql()
    day = connection.ops.adapt_datefield_value(other_day)
    return [_literal(p) for p in params if p != day]


def _literal(value: Any) -> str:
    """Write a parameter of a query into it; only what a condition may hold."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"
