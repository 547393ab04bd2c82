"""Coverage of the service area by agreements, and who was not visited yet."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from core import fiscal
from municipalities.models import Municipality

from .models import Agreement, Visit


@dataclass(frozen=True)
class Coverage:
    """Municipalities of an area, and how many of them have an agreement in force."""

    prefecture_code: str
    prefecture: str
    in_area: int
    in_force: int


def municipalities_on(day: dt.date) -> QuerySet[Municipality]:
    """Return the service area on `day`, each row with `has_agreement` on that day."""
    agreements = Agreement.objects.in_force(day).filter(municipality=OuterRef("pk"))
    area = Municipality.objects.valid_on(day).in_service_area()
    return area.annotate(has_agreement=Exists(agreements))


def grid_on(day: dt.date) -> list[dict[str, Any]]:
    """Return the service area on `day` by prefecture, a cell per municipality.

    A cell has code, name and state: in_force, ended (there was an agreement before),
    none. In one query; plain data, so that a report could keep it.
    """
    begun = Agreement.objects.filter(
        municipality=OuterRef("pk"), in_force_from__lte=day
    )
    area = municipalities_on(day).annotate(had_agreement=Exists(begun))
    rows = area.order_by("code").values_list(
        "prefecture", "code", "name", "has_agreement", "had_agreement"
    )
    found: dict[str, list[dict[str, str]]] = {}
    for prefecture, code, name, is_in_force, has_begun in rows:
        state = "in_force" if is_in_force else "ended" if has_begun else "none"
        cell = {"code": code, "name": name, "state": state}
        found.setdefault(prefecture, []).append(cell)
    return [{"name": name, "cells": cells} for name, cells in found.items()]


def coverage_on(day: dt.date) -> list[Coverage]:
    """Return the coverage of each prefecture on `day`, in one query."""
    rows = (
        municipalities_on(day)
        .order_by("prefecture_code")
        .values("prefecture_code", "prefecture")
        .annotate(
            in_area=Count("pk"), in_force=Count("pk", filter=Q(has_agreement=True))
        )
    )
    return [Coverage(**row) for row in rows]


def not_visited_in(year: int) -> QuerySet[Municipality]:
    """Return the service area without those visited in `year`, with `last_visit_on`.

    Those that waited longest come first; None means that no visit is recorded.
    """
    day = min(fiscal.last_day(year), fiscal.local_date())
    visited = Visit.objects.held().filter(municipality=OuterRef("pk"), fiscal_year=year)
    return (
        Municipality.objects.valid_on(day)
        .in_service_area()
        .exclude(Exists(visited))
        .annotate(
            last_visit_on=Max("visits__visited_on", filter=Q(visits__state="held"))
        )
    )
