"""The demo's reports add up to the published figures, row by row."""

import csv
import datetime as dt
from pathlib import Path

import pytest

import dashboard
from alerts import demo
from alerts.models import CaseStory, IncidentReport
from dashboard.indicators import Moment, registry
from tests.accounts.factories import UserFactory, WorkplaceFactory
from tests.municipalities.factories import DeskFactory

PUBLISHED = Path(dashboard.__file__).parent / "data/published_figures.csv"
TODAY = dt.date(2026, 11, 24)


def published():
    with PUBLISHED.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [
        row
        for row in rows
        if row["indicator"] == "alerts.reports" and row["fiscal_year"] == "2016"
    ]


@pytest.fixture
def load(db):
    DeskFactory.create_batch(5)
    centre = WorkplaceFactory()
    WorkplaceFactory(kind="store")
    WorkplaceFactory(kind="office")
    people = ("staff", "officer", "manager")
    users = {name: UserFactory(workplace=centre) for name in people}
    demo.load(today=TODAY, users=users, progress=lambda _label, steps: steps)
    return users


def test_demo_adds_up_to_the_published_figures(load):
    rows = published()
    assert len(rows) == 4
    moment = Moment(2016, dt.date(2017, 3, 20))
    for row in rows:
        by, _, part = row["breakdown"].partition("=")
        found = registry["alerts.reports"].numbers([moment], by)
        assert found[2016, part].value == int(row["value"]), row


def test_demo_holds_reports_that_were_not_passed_on(load):
    reports = IncidentReport.objects.filter(fiscal_year=2016)
    assert reports.filter(passed_on_at__isnull=True).count() == 12


def test_demo_has_years_without_published_records_empty(load):
    years = set(IncidentReport.objects.values_list("fiscal_year", flat=True))
    assert years == {2016, 2025, 2026}
    assert not IncidentReport.objects.filter(noticed_on__gt=TODAY).exists()


def test_demo_has_open_reports_of_the_staff_and_two_stories(load):
    own = IncidentReport.objects.filter(workplace=load["staff"].workplace)
    assert own.waiting().filter(fiscal_year=2026).count() >= 3
    assert CaseStory.objects.approved().count() == 1
    assert CaseStory.objects.count() == 2
