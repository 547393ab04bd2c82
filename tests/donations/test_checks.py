"""What was allocated and not sent is found before the year is closed."""

import datetime as dt

import pytest

from dashboard.checks import Context
from donations.checks import not_sent
from tests.donations.factories import (
    CampaignFactory,
    DonationFactory,
    ItemFactory,
    SentDonationFactory,
)

pytestmark = pytest.mark.django_db


def find(year=2016):
    today = dt.date(2018, 6, 1)
    context = Context(year=year, today=today, book=None, change_percent=30)
    return list(not_sent(context))


def test_allocations_are_counted_by_item_and_the_link_lists_them(manager):
    DonationFactory.create_batch(2, allocated=5)
    DonationFactory(item=ItemFactory(code="bag", name="カバー"), allocated=5)
    flags, bags = find()
    assert (flags.count, bags.count) == (2, 1)
    assert "横断旗" in flags.text
    assert manager.get(flags.url).context["summary"]["count"] == 2


def test_wishes_refusals_sent_and_other_campaigns_are_left_alone():
    DonationFactory()
    DonationFactory(allocated=0)
    SentDonationFactory()
    DonationFactory(campaign=CampaignFactory(year=2017), allocated=5)
    assert find() == []


def test_one_query_however_many_donations(django_assert_num_queries):
    DonationFactory.create_batch(3, allocated=5)
    with django_assert_num_queries(1):
        find()
