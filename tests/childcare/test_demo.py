"""The demo adds up to what the co-op published."""

import csv
import datetime as dt
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

from childcare.demo import load
from childcare.models import Hub, Session, Slot
from childcare.months import Month
from dashboard.indicators import Moment, registry

TODAY = dt.date(2026, 11, 24)
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def loaded(module_db):
    call_command("import_municipalities", service_area="11,12,13", verbosity=0)
    load(today=TODAY, users={}, progress=lambda label, steps: steps)


def published():
    folder = Path(apps.get_app_config("dashboard").path) / "data"
    with (folder / "published_figures.csv").open() as file:
        for row in csv.DictReader(file):
            if row["indicator"].startswith("childcare."):
                yield row


def test_demo_equals_the_published_figures():
    compared = 0
    for row in published():
        year, day = int(row["fiscal_year"]), dt.date.fromisoformat(row["as_of"])
        is_stock = row["indicator"] == "childcare.hubs"
        if year != 2016 and not (year == 2015 and is_stock):
            continue
        found = registry[row["indicator"]].numbers([Moment(year, day)])
        assert found[year, ""].value == int(row["value"]), row
        compared += 1
    assert compared == 4


def test_only_the_years_that_the_demo_is_about_have_sessions():
    years = Session.objects.order_by().values_list("fiscal_year", flat=True)
    assert set(years) == {2016, 2025, 2026}
    assert not Session.objects.filter(held_on__gt=TODAY).exists()
    assert Session.objects.member_run().filter(fiscal_year=2016).exists()


def test_one_hub_has_not_reported_last_month():
    (late,) = Hub.objects.not_reported_in(Month.of(TODAY).previous)
    assert late.series == Hub.Series.CONTRACTED


def test_every_session_lies_within_its_contract_and_slots_do_not_overlap():
    taken = {}
    for session in Session.objects.select_related("hub"):
        assert session.hub.is_open_on(session.held_on)
        slots = taken.setdefault((session.hub_id, session.held_on), [])
        assert not [s for s in slots if Slot(session.slot).overlaps(s)]
        slots.append(session.slot)
