"""The registry of indicators: programs declare figures here, the dashboard shows them.

A program writes `indicators.py` and calls `register()` with a `Flow`, `Stock` or
`Ratio`. From one declaration come the yearly series, the breakdowns, the link to the
rows, exports and the API. This module imports Django and `core` only.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple
from urllib.parse import urlencode

from django.db.models import Aggregate, CharField, Count, F, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import fiscal
from core.registry import Registry

Text = str | Promise
WHOLE = ""
# A breakdown and one of its keys: ("prefecture", "12").
Part = tuple[str, str]


class Moment(NamedTuple):
    """A fiscal year, and the day up to which, or on which, it is looked at."""

    fiscal_year: int
    as_of: dt.date

    @classmethod
    def of(cls, year: int, today: dt.date) -> "Moment":
        """Return the year as of its last day, as of `today` while it is running."""
        return cls(year, min(fiscal.last_day(year), today))


class Number(NamedTuple):
    """A value computed from rows, in the indicator's unit, and how many rows made it.

    `name` is what the group of a breakdown is called; empty for the whole.
    """

    value: Decimal
    rows: int
    name: str


@dataclass(frozen=True, kw_only=True)
class By:
    """A breakdown: the field path of its keys, and of their names where they differ.

    The keys are what the list's filter of the same name takes from the URL. Without
    `name`, the labels of the field's choices are shown, or the keys themselves; where
    `path` is an annotation of the records, which has no choices, `labels` gives them.
    `adds_up` is False where a row may stand in several groups, so that the parts do
    not sum to the whole.
    """

    label: Text
    path: str
    name: str = ""
    labels: Mapping[str, Text] = field(default_factory=dict)
    adds_up: bool = True


def by_area(path: str = "municipality") -> dict[str, By]:
    """Return the breakdowns by prefecture and municipality.

    `path` leads from a row to its municipality; `""` when the row is one itself.
    """
    prefix = f"{path}__" if path else ""
    return {
        "prefecture": By(
            label=_("Prefecture"),
            path=f"{prefix}prefecture_code",
            name=f"{prefix}prefecture",
        ),
        "municipality": By(
            label=_("Municipality"), path=f"{prefix}code", name=f"{prefix}name"
        ),
    }


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """What all indicators have.

    key: app label, dot, name; permanent and never used again for something else.
    unit: the unit of the number as shown. definition: shown beside the number.
    rows: URL name of the list that shows the same rows; rows_query: the filters that
    make it so, beside year or day; rows_total: which total of the list is the figure.
    permission: who may see the figure and its rows.
    counts_people: each unit stands for a person, so that readers without sign-in do
    not see how few there were. part_of: key of the figure that counts these and more,
    so that the two together tell the difference.
    """

    key: str
    label: Text
    unit: Text
    definition: Text
    rows: str = ""
    rows_query: Mapping[str, str] = field(default_factory=dict)
    rows_total: str = "count"
    permission: str
    by: Mapping[str, By] = field(default_factory=dict)
    decimals: int = 0
    order: int = 0
    counts_people: bool = False
    part_of: str = ""

    adds_over_time: ClassVar[bool] = False

    def choices(self, by: str) -> dict[str, str]:
        """Return the labels of a breakdown's keys where its field has choices."""
        return {}

    @property
    def app_label(self) -> str:
        """The program that declares it."""
        return self.key.partition(".")[0]

    def rows_url(self, moment: Moment, by: str = WHOLE, value: str = WHOLE) -> str:
        """Return the address of the list whose total is this figure."""
        query = {**self.rows_query, **self._moment_query(moment)}
        if by:
            query[by] = value
        return f"{reverse(self.rows)}?{urlencode(query)}"

    def _moment_query(self, moment: Moment) -> dict[str, str]:
        raise NotImplementedError

    def numbers(
        self, moments: Iterable[Moment], by: str = WHOLE, within: Part | None = None
    ) -> dict[tuple[int, str], Number]:
        """Return {(fiscal year, breakdown key): number} from rows, in one query.

        The key is `""` for the whole. A pair that is absent was not reported.
        `within` counts only the rows of one part: a prefecture, a municipality.
        """
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class _Measured(Indicator):
    """What Flow and Stock share: an aggregate over rows, divided by `per`."""

    measure: Aggregate = field(default_factory=lambda: Count("pk"))
    per: int = 1

    def choices(self, by: str) -> dict[str, str]:
        """Return the labels of a breakdown's keys where its field has choices."""
        dimension = self.by.get(by)
        if dimension is None or dimension.name:
            return {}
        if dimension.labels:
            return {key: str(label) for key, label in dimension.labels.items()}
        model = self._model()
        *relations, last = dimension.path.split("__")
        for relation in relations:
            model = model._meta.get_field(relation).related_model
        labels = model._meta.get_field(last).flatchoices
        return {str(value): str(label) for value, label in labels}

    def _model(self) -> Any:
        raise NotImplementedError

    def _collect(
        self, grouped: QuerySet, by: str, year: str
    ) -> dict[tuple[int, str], Number]:
        found = {}
        dimension = self.by.get(by)
        names = self.choices(by)
        for row in grouped:
            # Text or nothing; a blank category is a part of its own, without a key.
            key = "" if dimension is None else str(row["part"] or "")
            name = "" if dimension is None else str(row.get("part_name") or key)
            # Without rows, or with blanks only, nothing was reported: that is no zero.
            if row["row_count"] and row["number"] is not None:
                value = Decimal(row["number"]) / self.per
                found[row[year], key] = Number(
                    value, row["row_count"], names.get(key, name)
                )
        return found

    def _group(
        self, rows: QuerySet, by: str, within: Part | None, *keys: str
    ) -> QuerySet:
        groups: dict[str, Any] = {}
        if within:
            rows = rows.filter(**{self.by[within[0]].path: within[1]})
        if dimension := self.by.get(by):
            # Text on both databases, so that the years of a union match.
            groups["part"] = Cast(dimension.path, CharField())
            if dimension.name:
                groups["part_name"] = F(dimension.name)
        grouped = rows.order_by().values(*keys, **groups)
        return grouped.annotate(number=self.measure, row_count=Count("pk"))


@dataclass(frozen=True, kw_only=True)
class Flow(_Measured):
    """A sum over the year: reports, hours.

    `records` returns the rows; `on` is the date by which a running year is cut off,
    `year` the stored column with the fiscal year of that date. Their list accepts
    `fiscal_year` and `until`.
    """

    records: Callable[[], QuerySet]
    on: str
    year: str = "fiscal_year"

    adds_over_time: ClassVar[bool] = True

    def numbers(
        self, moments: Iterable[Moment], by: str = WHOLE, within: Part | None = None
    ) -> dict[tuple[int, str], Number]:
        """Group the rows by year; see `Indicator.numbers`."""
        whole, partial = [], Q(pk__in=[])
        for year, as_of in moments:
            if as_of >= fiscal.last_day(year):
                whole.append(year)
            else:
                partial |= Q(**{self.year: year, f"{self.on}__lte": as_of})
        rows = self.records().filter(Q(**{f"{self.year}__in": whole}) | partial)
        grouped = self._group(rows, by, within, self.year)
        return self._collect(grouped, by, self.year)

    def _model(self) -> Any:
        return self.records().model

    def _moment_query(self, moment: Moment) -> dict[str, str]:
        query = {"fiscal_year": str(moment.fiscal_year)}
        if moment.as_of < fiscal.last_day(moment.fiscal_year):
            query["until"] = moment.as_of.isoformat()
        return query


@dataclass(frozen=True, kw_only=True)
class Stock(_Measured):
    """A state on the year's last day: agreements in force, hubs.

    `records(day)` returns the rows that hold on a day. Their list accepts `on`.
    `undated` names columns of the condition that carry no date and may change after a
    year was closed, such as a mark of the service area: the rows then give another
    number than the closed figure, and that is flagged.
    """

    records: Callable[[dt.date], QuerySet]
    undated: tuple[str, ...] = ()

    def numbers(
        self, moments: Iterable[Moment], by: str = WHOLE, within: Part | None = None
    ) -> dict[tuple[int, str], Number]:
        """Unite the states on each moment's day; see `Indicator.numbers`."""
        states = [
            self._group(
                self.records(as_of).annotate(as_of_year=Value(year)),
                by,
                within,
                "as_of_year",
            )
            for year, as_of in moments
        ]
        if not states:
            return {}
        united = states[0].union(*states[1:], all=True) if states[1:] else states[0]
        return self._collect(united, by, "as_of_year")

    def _model(self) -> Any:
        return self.records(dt.date.max).model

    def _moment_query(self, moment: Moment) -> dict[str, str]:
        return {"on": moment.as_of.isoformat()}


@dataclass(frozen=True, kw_only=True)
class Ratio(Indicator):
    """Two indicators by their keys; both parts stay, and are divided for display."""

    numerator: str
    denominator: str
    unit: Text = "%"
    decimals: int = 1


class IndicatorRegistry(Registry[Indicator]):
    """The indicators by key."""

    def freeze(self) -> None:
        """Accept no more indicators, and check that those they name are there."""
        for indicator in self:
            if isinstance(indicator, Ratio):
                self[indicator.numerator], self[indicator.denominator]
            if indicator.part_of:
                self[indicator.part_of]
        super().freeze()


registry = IndicatorRegistry()
register = registry.register
