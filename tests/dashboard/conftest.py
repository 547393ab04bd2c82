"""Small indicators on real tables, in place of all the programs declare."""

import pytest
from django.db.models import Count

from agreements.models import Agreement, Visit
from dashboard.indicators import By, Flow, Ratio, Stock, by_area, registry
from municipalities.models import Municipality

VISITS = Flow(
    key="agreements.visits",
    label="訪問",
    unit="件",
    definition="見本",
    records=lambda: Visit.objects.held(),
    on="visited_on",
    by=by_area() | {"kind": By(label="種別", path="municipality__kind")},
    rows="agreements:visit_list",
    rows_query={"state": "held"},
    permission="agreements.view_visit",
    order=1,
)
IN_FORCE = Stock(
    key="agreements.in_force",
    label="締結中の自治体",
    unit="自治体",
    definition="見本",
    records=lambda day: Agreement.objects.in_force(day).in_service_area(),
    measure=Count("municipality", distinct=True),
    by=by_area(),
    rows="agreements:agreement_list",
    rows_query={"service_area": "true"},
    rows_total="municipalities",
    permission="agreements.view_agreement",
    order=2,
)
IN_AREA = Stock(
    key="agreements.municipalities_in_area",
    label="事業区域の自治体",
    unit="自治体",
    definition="見本",
    records=lambda day: Municipality.objects.valid_on(day).in_service_area(),
    undated=("is_in_service_area",),
    by=by_area(""),
    rows="municipalities:municipality_list",
    permission="agreements.view_agreement",
    order=3,
)
COVERAGE = Ratio(
    key="agreements.coverage",
    label="締結率",
    definition="見本",
    numerator="agreements.in_force",
    denominator="agreements.municipalities_in_area",
    permission="agreements.view_agreement",
    order=4,
)


@pytest.fixture
def small_registry(db):
    """The registry with three measured indicators and a ratio of one program."""
    with registry.override(VISITS, IN_FORCE, IN_AREA, COVERAGE):
        yield registry
