"""The demo adds up to the published figures."""

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

import dashboard
from dashboard.indicators import Moment, registry
from mutualaid import demo
from mutualaid.models import Activity, Member
from tests.municipalities.factories import MunicipalityFactory

TODAY = dt.date(2026, 11, 24)
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def loaded(module_db):
    """The demo over a few municipalities of the three prefectures."""
    for number, (code, name) in enumerate(
        [("11", "埼玉県"), ("12", "千葉県"), ("13", "東京都")]
    ):
        for place in range(3):
            MunicipalityFactory(
                prefecture_code=code, prefecture=name, name=f"架空{number}{place}市"
            )
    demo.load(today=TODAY, users={}, progress=lambda label, steps: steps)


def published():
    """The rows of mutual aid in the file of published figures that the demo builds."""
    source = Path(dashboard.__file__).parent / "data/published_figures.csv"
    with source.open() as file:
        return [
            (row["indicator"], int(row["fiscal_year"]), Decimal(row["value"]))
            for row in csv.DictReader(file)
            if row["indicator"].startswith("mutualaid.")
            and row["fiscal_year"] == "2016"
        ]


def test_hours_are_those_published():
    assert published()
    for key, year, value in published():
        moment = Moment.of(year, TODAY)
        assert registry[key].numbers([moment])[year, ""].value == value
        parts = registry[key].numbers([moment], "group")
        assert sum(number.value for number in parts.values()) == value
        assert len(parts) == 3


def test_slips_keep_the_rules_of_recorded_ones():
    slips = Activity.objects.select_related("helper", "recipient", "reverses")
    reversals = slips.filter(kind=Activity.Kind.REVERSAL)
    assert 0 < reversals.count() < 100
    for slip in reversals:
        assert slip.reverses.duration_minutes == -slip.duration_minutes
    for slip in slips.iterator():
        assert slip.helper.active_on(slip.done_on)
        assert slip.recipient.active_on(slip.done_on)
        assert slip.helper.role != Member.Role.RECIPIENT
        assert slip.recipient.role != Member.Role.HELPER


def test_only_the_years_of_the_demo_have_rows_and_none_lies_ahead():
    years = Activity.objects.order_by().values_list("fiscal_year", flat=True)
    assert set(years.distinct()) == {2016, 2025, 2026}
    assert not Activity.objects.filter(done_on__gt=TODAY).exists()
