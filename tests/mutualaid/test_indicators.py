"""Values of the program's own indicators at the edges of a year."""

import datetime as dt
from decimal import Decimal

import pytest

from dashboard.indicators import Moment, registry
from mutualaid.services import reverse_activity
from tests.mutualaid.factories import ActivityFactory, MemberFactory

YEARS = [Moment(2016, dt.date(2017, 3, 20)), Moment(2017, dt.date(2018, 3, 20))]
pytestmark = pytest.mark.django_db


def numbers(key, by=""):
    found = registry[key].numbers(YEARS, by)
    return {place: number.value for place, number in found.items()}


def test_hours_belong_to_the_year_of_their_day():
    ActivityFactory(done_on=dt.date(2017, 3, 20))
    ActivityFactory(done_on=dt.date(2017, 3, 21), duration_minutes=60)
    assert numbers("mutualaid.hours") == {(2016, ""): Decimal("1.5"), (2017, ""): 1}


def test_reversal_takes_hours_and_helper_off_in_its_own_year():
    slip = ActivityFactory()
    ActivityFactory()
    reverse_activity(activity=slip, done_on=dt.date(2017, 3, 20), reason="誤り")
    assert numbers("mutualaid.hours") == {(2016, ""): Decimal("1.5")}
    assert numbers("mutualaid.active_helpers") == {(2016, ""): 1}


def test_reversal_in_a_later_year_leaves_the_earlier_year_as_it_was():
    slip = ActivityFactory()
    reverse_activity(activity=slip, done_on=dt.date(2017, 3, 21), reason="誤り")
    assert numbers("mutualaid.hours") == {
        (2016, ""): Decimal("1.5"),
        (2017, ""): Decimal("-1.5"),
    }
    assert numbers("mutualaid.active_helpers") == {(2016, ""): 1}


def test_helper_of_several_slips_counts_once():
    helper = MemberFactory()
    ActivityFactory.create_batch(2, helper=helper)
    assert numbers("mutualaid.active_helpers") == {(2016, ""): 1}


@pytest.mark.parametrize("key", ["mutualaid.hours", "mutualaid.active_helpers"])
def test_every_figure_opens_a_list_with_the_same_total(manager, key):
    for slip in ActivityFactory.create_batch(3):
        slip.helper.refresh_from_db()
    ActivityFactory(circumstance="birth", service="cooking", duration_minutes=45)
    reverse_activity(activity=slip, done_on=dt.date(2017, 3, 1), reason="誤り")
    indicator = registry[key]
    moments = [Moment(2016, dt.date(2017, 3, 20)), Moment(2016, dt.date(2016, 12, 31))]
    for moment in moments:
        for by in ["", *indicator.by]:
            for (_, value), number in indicator.numbers([moment], by).items():
                page = manager.get(indicator.rows_url(moment, by, value))
                total = page.context["summary"][indicator.rows_total]
                assert total == number.value, (by, value)
