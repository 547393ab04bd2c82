"""The JSON API of figures."""

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from core import fiscal
from core.filters import FIRST_YEAR

from .book import breakdowns
from .indicators import Indicator, registry
from .listing import Selection, entry, list_figures
from .models import AnnualFigure
from .pages import PAGE, indicators_for

router = Router(tags=["figures"])
LAST_YEAR = 2100


class Entry(Schema):
    """One figure; null means "not known", never zero."""

    indicator: str
    fiscal_year: int
    as_of: str | None
    breakdown: str
    value: int | float | None
    status: str
    computed: int | float | None
    numerator: int | float | None
    denominator: int | float | None
    unit: str
    name: str
    rows: int | None
    printed: str
    note: str
    source: str
    is_break: bool
    corrections: list[str]


class Problem(Schema):
    """Why a request was refused."""

    detail: str


class Fault(Schema):
    """A parameter that could not be used: where it stands, and why."""

    type: str
    loc: list[str | int]
    msg: str


class Invalid(Schema):
    """Every parameter that could not be used."""

    detail: list[Fault]


def _known_indicators(schema: dict[str, Any]) -> None:
    """Name in the document every indicator that may be asked for."""
    schema["items"]["enum"] = sorted(one.key for one in registry)


def _known_programs(schema: dict[str, Any]) -> None:
    schema["anyOf"][0]["enum"] = sorted({one.app_label for one in registry})


def _known_breakdowns(schema: dict[str, Any]) -> None:
    names = "|".join(sorted({by for one in registry for by in breakdowns(one)}))
    schema["anyOf"][0]["pattern"] = f"^(({names})(=.*)?)?$"


class Filters(Schema):
    """Which figures are asked for; without any, all."""

    year: int | None = Field(
        None, ge=FIRST_YEAR, le=LAST_YEAR, description="Only this fiscal year."
    )
    year_from: int | None = Field(
        None, ge=FIRST_YEAR, le=LAST_YEAR, description="The first fiscal year."
    )
    year_to: int | None = Field(
        None, ge=FIRST_YEAR, le=LAST_YEAR, description="The last fiscal year."
    )
    indicator: list[str] = Field(
        [],
        max_length=100,
        description="A key such as `alerts.reports`; repeatable.",
        json_schema_extra=_known_indicators,
    )
    program: str | None = Field(
        None,
        max_length=50,
        description="All figures of a program, such as `alerts`.",
        json_schema_extra=_known_programs,
    )
    breakdown: str | None = Field(
        None,
        max_length=100,
        description=(
            "One part (`channel=store`), all parts of a breakdown (`channel`), "
            "or, left empty, wholes only."
        ),
        json_schema_extra=_known_breakdowns,
    )
    status: Literal["published", "closed", "provisional"] | None = Field(
        None, description="Only figures of this status."
    )

    def faults(self) -> list[dict[str, Any]]:
        """Return what is not known here, or cannot be."""
        programs = {one.app_label for one in registry}
        names = {by for one in registry for by in breakdowns(one)}
        found = [
            _fault("indicator", f"There is no indicator {key}.")
            for key in self.indicator
            if key not in registry
        ]
        if self.program is not None and self.program not in programs:
            found.append(_fault("program", f"There is no program {self.program}."))
        if (by := self.selection().by) and by not in names:
            found.append(_fault("breakdown", f"There is no breakdown {by}."))
        return found

    def is_of_no_year(self) -> bool:
        """Tell whether the last year is before the first, so that nothing is there."""
        first, last = self._years()
        return first > last

    def _years(self) -> tuple[int, int]:
        first = max(self.year_from or FIRST_YEAR, self.year or FIRST_YEAR)
        return first, min(self.year_to or LAST_YEAR, self.year or LAST_YEAR)

    def wants(self, indicator: Indicator) -> bool:
        """Tell whether figures of the indicator are asked for."""
        if self.program not in (None, indicator.app_label):
            return False
        return not self.indicator or indicator.key in self.indicator

    def selection(self) -> Selection:
        """Return years, breakdown and status as `list_figures` takes them."""
        first, last = self._years()
        is_limited = any((self.year, self.year_from, self.year_to))
        years = range(first, last + 1) if is_limited else None
        return Selection(years, self.breakdown, self.status or "")


def _fault(name: str, text: str) -> dict[str, Any]:
    return {"type": "unknown", "loc": ["query", name], "msg": text}


@router.get(
    "/figures",
    summary="Annual figures of every indicator the person may see",
    response={200: list[Entry], 401: Problem, 403: Problem, 422: Invalid},
)
def figures(request: HttpRequest, filters: Query[Filters]) -> Status:
    """List published, closed and provisional figures, the whole and its parts.

    `computed` is the value from rows as of the same day, null without rows. A ratio
    keeps `numerator` and `denominator`; its `value` is in per cent. A published figure
    whose year was closed since follows the closed one. Indicators that the person may
    not see are left out.
    """
    if not request.user.has_perm(PAGE):
        return Status(403, {"detail": "Your role does not include the figures."})
    if faults := filters.faults():
        return Status(422, {"detail": faults})
    if filters.is_of_no_year():
        return Status(200, [])
    found = list_figures(
        [one for one in indicators_for(request.user) if filters.wants(one)],
        AnnualFigure.objects.visible_to(request.user),
        today=fiscal.local_date(),
        selection=filters.selection(),
    )
    return Status(200, [entry(figure) for figure in found])
