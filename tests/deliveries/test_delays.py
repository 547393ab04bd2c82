"""From the delivery to the mail: median and 95 in 100 by nearest rank, by month."""

import datetime as dt
import json

import pytest

from dashboard.indicators import Moment
from deliveries.delays import public, times
from tests.deliveries.factories import (
    DeliveryFactory,
    NoticeFactory,
    SentNoticeFactory,
)

pytestmark = pytest.mark.django_db
YEAR = Moment(2016, dt.date(2017, 3, 20))


def sent_after(*minutes, day=dt.date(2016, 10, 3), **fields):
    """Make mails that went out so many minutes after one delivery."""
    delivery = DeliveryFactory(delivered_on=day)
    return [
        SentNoticeFactory(
            delivery=delivery,
            sent_at=delivery.happened_at + dt.timedelta(minutes=one),
            **fields,
        )
        for one in minutes
    ]


def whole(moment=YEAR):
    row = times(moment)["rows"][0]
    return row["mails"], row["median"], row["most"]


@pytest.mark.parametrize(
    ("minutes", "median", "most"),
    [
        ([7], 7, 7),
        ([9, 3], 3, 9),
        # Twenty: the tenth and the nineteenth, not a mean of two.
        (list(range(1, 21)), 10, 19),
        (list(range(1, 22)), 11, 20),
        ([0.5, 0.1], 0.1, 0.5),
        ([-2], 0, 0),
    ],
)
def test_nearest_rank_in_minutes(minutes, median, most):
    sent_after(*minutes)
    assert whole() == (len(minutes), median, most)


def test_only_mails_sent_about_deliveries_of_the_year_count():
    sent_after(5)
    sent_after(900, kind="correction")
    sent_after(900, day=dt.date(2017, 3, 21))
    sent_after(900, day=dt.date(2016, 3, 20))
    NoticeFactory(delivery__delivered_on=dt.date(2016, 10, 3))
    assert whole() == (1, 5, 5)
    assert times(Moment(2016, dt.date(2016, 10, 2))) == {}


def test_months_stand_each_for_itself_and_one_without_mails_is_missing():
    sent_after(1, day=dt.date(2016, 3, 21))
    sent_after(2, 4, day=dt.date(2016, 5, 31))
    sent_after(8, day=dt.date(2017, 3, 20))
    months = times(YEAR)["rows"][1:]
    assert [row["mails"] for row in months] == [1, 0, 2, *[0] * 9, 1]
    assert (months[1]["median"], months[1]["most"]) == (None, None)
    assert (months[2]["median"], months[2]["most"]) == (2, 4)
    assert months[0]["label"] != months[-1]["label"]
    running = times(Moment(2016, dt.date(2016, 5, 30)))["rows"][1:]
    assert [row["mails"] for row in running] == [1, 0, 0]


def test_two_queries_however_many_mails(django_assert_num_queries):
    sent_after(*range(1, 40))
    with django_assert_num_queries(2):
        times(YEAR)


def test_public_sees_no_numbers_and_nothing_of_few_mails():
    sent_after(*range(1, 11))
    sent_after(50, day=dt.date(2016, 12, 1))
    shown = public(json.loads(json.dumps(times(YEAR))))["rows"]
    assert all("mails" not in row for row in shown)
    assert (shown[0]["median"], shown[8]["median"]) == (6, 5)
    assert shown[10]["is_hidden"]
    assert "median" not in shown[10]


def test_nine_mails_are_too_few_for_the_public():
    sent_after(*range(1, 10))
    assert public(times(YEAR)) == {}


def test_times_stand_on_the_page_of_the_program(manager):
    sent_after(1.5, 22, 33)
    page = manager.get("/dashboard/deliveries/", {"year": 2016})
    assert '<td class="number">22.0</td>' in page.text
    assert page.text.count('<tr><th scope="row">2016年') >= 10
