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
from tests.alerts.factories import at
from tests.municipalities.factories import DeskFactory

PUBLISHED = Path(dashboard.__file__).parent / "data/published_figures.csv"
TODAY = dt.date(2026, 11, 24)
pytestmark = pytest.mark.django_db


def published():
    with PUBLISHED.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [
        row
        for row in rows
        if row["indicator"] == "alerts.reports" and row["fiscal_year"] == "2016"
    ]


@pytest.fixture(scope="module")
def load(module_db):
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


def test_demo_has_open_reports_of_the_staff_and_stories_in_every_state(load):
    own = IncidentReport.objects.filter(workplace=load["staff"].workplace)
    assert own.waiting().filter(fiscal_year=2026).count() >= 3
    states = CaseStory.objects.order_by("state").values_list("state", flat=True)
    assert list(states) == ["approved", "draft", "withdrawn"]


NOW = at(2026, 11, 24, 12, 0)


def test_demo_has_every_state_of_the_queue(load):
    reports = IncidentReport.objects.filter(fiscal_year=2026).counted()
    waiting = reports.waiting()
    assert waiting.filter(has_called_119=True, emergency_called_at__isnull=False)
    assert waiting.filter(reporter=None).exclude(reporter_name="").exists()
    passed_on = reports.filter(state="passed_on", outcome="pending")
    assert passed_on.filter(ask_again_at__gt=NOW).exists()
    due = reports.filter(ask_again_at__lte=NOW)
    assert {report.state for report in due} == {"passed_on", "closed"}
    assert due.filter(outcome="unknown").exists()


def test_demo_has_a_merged_pair_from_two_workplaces_and_one_that_is_only_similar(load):
    (second,) = IncidentReport.objects.filter(merged_into__isnull=False)
    assert second.workplace != second.merged_into.workplace
    assert second.place == second.merged_into.place
    assert second.merged_into.corrections.exists()
    assert second.follow_ups.exists()
    waiting = IncidentReport.objects.waiting()
    pairs = {}
    for report in waiting.filter(fiscal_year=2026):
        pairs.setdefault((report.municipality_id, report.place), []).append(report)
    assert [len(pair) for pair in pairs.values() if len(pair) > 1] == [2]


def test_demo_reports_come_at_hours_and_on_days_when_people_work(load):
    reports = IncidentReport.objects.filter(noticed_on__lt=TODAY - dt.timedelta(30))
    doors = reports.filter(channel="home_delivery")
    assert set(doors.values_list("noticed_hour", flat=True)) <= set(range(9, 19))
    assert doors.filter(noticed_weekday__lte=5).count() > 0.9 * doors.count()
    assert reports.filter(channel="store", noticed_weekday=7).exists()


def test_demo_holds_nothing_to_come_and_nobody_real(load):
    for report in IncidentReport.objects.all():
        times = (report.received_at, report.passed_on_at, report.closed_at)
        assert all(time < NOW for time in times if time), report
        assert report.person_phone == "" or report.person_phone.startswith("000-0000-")
        assert report.person_name in ("", "見本 花子")
        if report.passed_on_at:
            assert report.passed_on_at > report.received_at
