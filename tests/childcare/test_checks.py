"""Hubs that have not reported are found before the year is closed."""

import datetime as dt

import pytest
from django.test import Client

from childcare.checks import months_without_sessions
from dashboard.checks import Context
from tests.childcare.factories import HubFactory, SessionFactory
from tests.conftest import grant

pytestmark = pytest.mark.django_db


def find(year=2016, today=dt.date(2018, 6, 1), user=None):
    context = Context(year=year, today=today, book=None, change_percent=30, user=user)
    return list(months_without_sessions(context))


def report(hub, *months, day=21):
    for year, month in months:
        SessionFactory(hub=hub, held_on=dt.date(year, month, day))


def year_but(*left_out):
    months = [(2016, month) for month in range(3, 13)] + [(2017, 1), (2017, 2)]
    return [month for month in months if month not in left_out]


def test_month_without_a_session_is_found_and_leads_to_its_sheet():
    hub = HubFactory(code="H01", name="見本の森")
    report(hub, *year_but((2016, 7)))
    report(hub, (2017, 3), day=6)
    (found,) = find()
    assert "H01 見本の森" in found.text
    assert found.url == "/childcare/hubs/H01/month/2016/7/"


def test_hub_that_never_reported_is_one_finding_of_all_its_months():
    HubFactory(contract_until=dt.date(2016, 6, 30))
    (found,) = find()
    assert found.count == 4  # March to June


def test_months_outside_the_contract_and_days_of_rest_are_not_asked_for():
    hub = HubFactory(
        contract_from=dt.date(2016, 4, 30),  # a Saturday
        contract_until=dt.date(2016, 6, 1),
        weekdays="01234",
    )
    report(hub, (2016, 5), (2016, 6), day=1)
    assert find() == []


def test_session_of_the_next_year_does_not_report_the_last_month():
    hub = HubFactory()
    report(hub, *year_but())
    report(hub, (2017, 3), day=21)
    assert len(find()) == 1


def test_running_year_is_asked_for_up_to_today():
    hub = HubFactory()
    report(hub, (2016, 3), (2016, 4))
    assert find(today=dt.date(2016, 4, 30)) == []
    assert len(find(today=dt.date(2016, 5, 2))) == 1


def test_those_who_only_read_are_led_to_the_list():
    hub = HubFactory(code="H01")
    report(hub, *year_but((2016, 7)))
    report(hub, (2017, 3), day=6)
    reader = grant("manager")
    (found,) = find(user=reader)
    assert found.url.startswith("/childcare/?hub=H01&month=2016")
    client = Client()
    client.force_login(reader)
    assert client.get(found.url).context["summary"]["count"] == 0


def test_queries_do_not_grow_with_hubs(django_assert_num_queries):
    HubFactory.create_batch(3)
    with django_assert_num_queries(2):
        find()
