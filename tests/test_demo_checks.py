"""The checks before closing find in the demo what its figures are known for."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from dashboard.checks import results_of
from tests.conftest import DEMO_DAY

pytestmark = pytest.mark.usefixtures("demo")


@pytest.fixture
def manager(db):
    client = Client()
    client.force_login(get_user_model().objects.get(username="manager"))
    return client


def results(year, **kwargs):
    found = {one.check.key: one for one in results_of(year, today=DEMO_DAY, **kwargs)}
    assert not [key for key, one in found.items() if one.has_failed]
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(("year", "other"), [(2016, 2014), (2014, 2016)])
def test_sessions_that_stand_in_two_years_are_found(year, other):
    (found,) = results(year)["dashboard.same_value"].findings
    assert found.indicator == "childcare.sessions"
    assert found.year == other
    assert "2,354" in found.text


@pytest.mark.django_db
def test_published_figures_of_the_demo_are_what_its_rows_give():
    for year in range(2013, 2018):
        found = results(year)
        assert found["dashboard.differences"].is_good
        assert found["dashboard.parts"].is_good


@pytest.mark.django_db
def test_years_without_rows_are_told_and_not_taken_for_zero():
    found = results(2017)
    keys = {finding.indicator for finding in found["dashboard.gaps"].findings}
    assert {"childcare.sessions", "alerts.reports", "mutualaid.hours"} <= keys
    assert found["mutualaid.groups_reported"].total == 3 * 13


@pytest.mark.django_db
@pytest.mark.parametrize("year", [2014, 2016, 2026])
def test_every_finding_that_a_manager_sees_can_be_opened(year, manager):
    user = get_user_model().objects.get(username="manager")
    for result in results(year, user=user).values():
        for finding in result.shown:
            page = manager.get(finding.url)
            assert page.status_code == 200, finding.url
            if result.check.key in ("alerts.passed_on", "donations.sent"):
                assert page.context["summary"]["count"] == finding.count


@pytest.mark.django_db
def test_page_of_2016_names_the_two_years(manager):
    page = manager.get("/dashboard/checks/2016/")
    assert page.status_code == 200
    assert "2,354" in page.text
