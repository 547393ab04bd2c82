"""Reports that wait, and workplaces without one, are found before closing."""

import datetime as dt

import pytest

from accounts.models import Workplace
from alerts.checks import not_passed_on, without_outcome, workplaces_without_reports
from dashboard.checks import Context
from tests.accounts.factories import WorkplaceFactory
from tests.alerts.factories import IncidentReportFactory, at

pytestmark = pytest.mark.django_db


def look(find, year=2016, user=None):
    today = dt.date(2018, 6, 1)
    context = Context(year=year, today=today, book=None, change_percent=30, user=user)
    return list(find(context))


@pytest.fixture
def reports(workplace):
    """Two that wait, one passed on and one closed at one workplace; one elsewhere.

    What continues another report waits for nothing of its own.
    """
    first, _second = IncidentReportFactory.create_batch(2, workplace=workplace)
    IncidentReportFactory(workplace=workplace, merged_into=first)
    IncidentReportFactory(workplace=workplace, merged_into=first, is_passed_on=True)
    IncidentReportFactory(workplace=workplace, is_passed_on=True)
    IncidentReportFactory(workplace=workplace, is_closed=True)
    IncidentReportFactory()
    IncidentReportFactory(noticed_at=at(2015, 10, 3, 10, 0))


@pytest.mark.parametrize(
    ("find", "own"), [(not_passed_on, 2), (without_outcome, 1)], ids=["waiting", "open"]
)
def test_reports_are_counted_by_workplace_and_the_link_lists_them(
    find, own, reports, workplace, officer
):
    counts = {one.url.partition("workplace=")[2]: one for one in look(find)}
    found = counts[str(workplace.pk)]
    assert found.count == own
    assert workplace.name in found.text
    assert officer.get(found.url).context["summary"]["count"] == own


def test_reports_of_another_year_are_left_alone(reports):
    assert sum(one.count for one in look(not_passed_on)) == 3
    assert sum(one.count for one in look(not_passed_on, 2015)) == 1


def test_only_reports_that_the_person_may_see_are_counted(reports, staff):
    assert [one.count for one in look(not_passed_on, user=staff.user)] == [2]


def test_centre_and_store_without_a_report_in_the_year_are_found(workplace):
    silent = WorkplaceFactory(kind=Workplace.Kind.STORE)
    WorkplaceFactory(kind=Workplace.Kind.OFFICE)
    WorkplaceFactory(kind=Workplace.Kind.STORE, is_active=False)
    IncidentReportFactory(workplace=workplace)
    IncidentReportFactory(workplace=silent, noticed_at=at(2015, 10, 3, 10, 0))
    assert [one.text for one in look(workplaces_without_reports)] == [silent.name]


@pytest.mark.parametrize(
    "find", [not_passed_on, without_outcome, workplaces_without_reports]
)
def test_one_query_however_many_workplaces(find, reports, django_assert_num_queries):
    with django_assert_num_queries(1):
        look(find)
