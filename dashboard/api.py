"""The JSON API of figures."""

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status

from core import fiscal
from core.filters import FIRST_YEAR

from .indicators import registry
from .listing import entry, list_figures
from .models import AnnualFigure

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


class Problem(Schema):
    """Why a request was refused."""

    detail: str


class Invalid(Schema):
    """Which parameters could not be read."""

    detail: list[dict]


@router.get(
    "/figures",
    summary="Annual figures of every indicator the person may see",
    response={200: list[Entry], 401: Problem, 403: Problem, 422: Invalid},
)
def figures(
    request: HttpRequest,
    year: int | None = Query(None, ge=FIRST_YEAR, le=LAST_YEAR),
    indicator: str | None = Query(None, max_length=100),
) -> Status:
    """List published, closed and provisional figures, the whole and its parts.

    `computed` is the value from rows as of the same day, null without rows. A ratio
    keeps `numerator` and `denominator`; its `value` is in per cent.
    """
    if not request.user.has_perm("dashboard.view_annualfigure"):
        return Status(403, {"detail": "Your role does not include the figures."})
    found = list_figures(
        [
            one
            for one in registry
            if request.user.has_perm(one.permission) and indicator in (None, one.key)
        ],
        AnnualFigure.objects.visible_to(request.user),
        today=fiscal.local_date(),
        year=year,
    )
    return Status(200, [entry(figure) for figure in found])
