"""Groups without slips in a month are found before the year is closed."""

import datetime as dt

import pytest

from dashboard.checks import Context
from mutualaid.checks import months_without_activity
from tests.mutualaid.factories import ActivityFactory, GroupFactory, TariffFactory

pytestmark = pytest.mark.django_db


def find(year=2016, today=dt.date(2016, 6, 10)):
    context = Context(year=year, today=today, book=None, change_percent=30)
    return list(months_without_activity(context))


def help_on(*days):
    for day in days:
        ActivityFactory(done_on=day)


def test_month_without_a_slip_is_found_and_leads_to_the_slips_of_the_group():
    TariffFactory()
    help_on(dt.date(2016, 3, 21), dt.date(2016, 4, 1), dt.date(2016, 6, 10))
    (found,) = find()
    assert "おたがいさま 千葉" in found.text
    assert found.url == "/mutualaid/?fiscal_year=2016&group=chiba"


def test_silent_year_of_a_group_is_one_finding():
    TariffFactory()
    (found,) = find(today=dt.date(2018, 6, 1))
    assert found.count == 13


def test_slips_of_another_year_report_nothing():
    TariffFactory()
    help_on(dt.date(2016, 3, 20), dt.date(2016, 4, 1), dt.date(2016, 5, 1))
    help_on(dt.date(2016, 6, 1))
    (found,) = find()
    assert found.count == 1


def test_group_without_a_tariff_is_not_at_work():
    GroupFactory()
    assert find() == []
    TariffFactory(valid_from=dt.date(2016, 6, 1))
    assert len(find()) == 1
    TariffFactory(valid_from=dt.date(2013, 1, 1), valid_until=dt.date(2016, 3, 20))
    assert len(find()) == 1


def test_queries_do_not_grow_with_groups(django_assert_num_queries):
    for code in ("a", "b", "c"):
        TariffFactory(group=GroupFactory(code=code))
    with django_assert_num_queries(3):
        find()
