"""Values of the program's own indicators at the edges of a year."""

import datetime as dt

import pytest

from dashboard.indicators import Moment, registry
from tests.donations.factories import (
    DonationFactory,
    ItemFactory,
    SentDonationFactory,
)
from tests.donations.rows import make_rows

YEARS = [Moment(2016, dt.date(2017, 3, 20)), Moment(2017, dt.date(2018, 3, 20))]
KEYS = ("donations.schools", "donations.quantity")


def numbers(key, by=""):
    found = registry[key].numbers(YEARS, by)
    return {place: number.value for place, number in found.items()}


@pytest.mark.django_db
def test_donation_belongs_to_the_year_of_its_sending():
    SentDonationFactory(sent_on=dt.date(2017, 3, 20), sent_quantity=3)
    SentDonationFactory(sent_on=dt.date(2017, 3, 21), sent_quantity=4)
    assert numbers("donations.quantity") == {(2016, ""): 3, (2017, ""): 4}


@pytest.mark.django_db
def test_what_was_not_sent_is_not_reported():
    DonationFactory(allocated=10)
    for key in KEYS:
        assert numbers(key) == {}


@pytest.mark.django_db
def test_school_with_two_items_counts_once_in_all_and_once_for_each():
    cover = ItemFactory(code="school_bag_cover", name="ランドセルカバー", unit="枚")
    sent = SentDonationFactory()
    SentDonationFactory(school=sent.school, item=cover)
    assert numbers("donations.schools") == {(2016, ""): 1}
    assert numbers("donations.schools", "item") == {
        (2016, "crossing_flag"): 1,
        (2016, "school_bag_cover"): 1,
    }


@pytest.mark.parametrize("moment", [*YEARS, Moment(2016, dt.date(2016, 10, 2))])
@pytest.mark.parametrize("key", KEYS)
def test_every_figure_opens_a_list_that_adds_up_to_it(manager, key, moment):
    make_rows()
    indicator = registry[key]
    for by in ("", *indicator.by):
        found = indicator.numbers([moment], by)
        assert found
        for (_year, part), number in found.items():
            page = manager.get(indicator.rows_url(moment, by, part))
            assert page.context["summary"][indicator.rows_total] == number.value
