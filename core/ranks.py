"""Median and the like by nearest rank, found where the rows lie."""

from collections.abc import Mapping
from typing import Any

from django.db.models import (
    Count,
    DurationField,
    Expression,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Value,
    Window,
)
from django.db.models.functions import RowNumber


def nearest_ranks(
    rows: QuerySet,
    *,
    begin: str,
    end: str,
    shares: Mapping[str, int],
    by: Expression | F | None = None,
) -> dict[Any, dict[str, Any]]:
    """Return {part: {"rows": number, share: time}} of the times between two columns.

    `shares` maps a name to per cent of the rows: their time is that of the row at the
    place by which so many are reached, never one between two. `by` tells the parts;
    without it there is one, `""`. A part without rows is absent. One query, answered
    with a row per part and share.
    """
    took = ExpressionWrapper(F(end) - F(begin), output_field=DurationField())
    ranked = rows.annotate(
        part=Value("") if by is None else by,
        took=took,
        rank=Window(RowNumber(), partition_by=["part"], order_by=["took", "pk"]),
        all_rows=Window(Count("pk"), partition_by=["part"]),
        hundredfold=F("rank") * 100,
    )
    wanted = Q()
    for share in shares.values():
        # The first rank by which so much is reached.
        needed = F("all_rows") * share
        wanted |= Q(hundredfold__gte=needed, hundredfold__lt=needed + 100)
    found: dict[Any, dict[str, Any]] = {}
    values = ranked.filter(wanted).order_by("part", "rank")
    for part, rank, count, time in values.values_list(
        "part", "rank", "all_rows", "took"
    ):
        known = found.setdefault(part, {"rows": count})
        for name, share in shares.items():
            if rank == -(-count * share // 100):
                known[name] = time
    return found
