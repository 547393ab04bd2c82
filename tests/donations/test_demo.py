"""The demo adds up to the published figures."""

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

import dashboard
from dashboard.indicators import Moment, registry
from donations import demo
from donations.models import Donation, School
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
    """The rows of donations in the file of published figures."""
    source = Path(dashboard.__file__).parent / "data/published_figures.csv"
    with source.open(encoding="utf-8") as file:
        return [
            (
                row["indicator"],
                int(row["fiscal_year"]),
                row["breakdown"].removeprefix("item="),
                Decimal(row["value"]),
            )
            for row in csv.DictReader(file)
            if row["indicator"].startswith("donations.")
        ]


def test_figures_are_those_published():
    assert len(published()) == 4
    for key, year, item, value in published():
        found = registry[key].numbers([Moment.of(year, TODAY)], "item")
        assert found[year, item].value == value


def test_given_in_three_prefectures():
    moment = Moment.of(2017, TODAY)
    found = registry["donations.schools"].numbers([moment], "prefecture")
    assert {part for _year, part in found} == {"11", "12", "13"}


def test_rows_stand_in_2017_and_the_last_two_years_only():
    years = set(Donation.objects.sent().values_list("fiscal_year", flat=True))
    assert years == {2017, 2025, 2026}
    assert not Donation.objects.filter(sent_on__gt=TODAY).exists()


def test_running_campaign_has_every_state():
    running = Donation.objects.filter(campaign__year=2026)
    states = set(running.order_by().values_list("state", flat=True))
    assert states == {"wished", "refused", "allocated", "sent", "received", "thanked"}


def test_rows_keep_the_rules_of_the_model():
    for row in [*School.objects.all()[:50], *Donation.objects.all()[:100]]:
        row.full_clean()
