"""Mails that wait or failed are found before the year is closed."""

import datetime as dt

import pytest

from dashboard.checks import Context, registry
from tests.deliveries.factories import DeliveryFactory, NoticeFactory, SentNoticeFactory

pytestmark = pytest.mark.django_db


KEYS = ("deliveries.notices_settled", "deliveries.notices_arrived")


def find(year=2016):
    today = dt.date(2018, 6, 1)
    context = Context(year=year, today=today, book=None, change_percent=30)
    return {key: list(registry[key].find(context)) for key in KEYS}


def test_mails_are_counted_by_state_and_the_link_lists_them(manager):
    NoticeFactory()
    NoticeFactory(noticed_for=dt.date(2016, 10, 3))
    NoticeFactory(state="failed")
    (due,), (failed,) = find().values()
    assert (due.count, failed.count) == (2, 1)
    assert manager.get(due.url).context["summary"]["count"] == 2
    assert manager.get(failed.url).context["summary"]["count"] == 1


def test_mails_sent_or_held_back_and_those_of_other_years_are_left_alone():
    SentNoticeFactory()
    NoticeFactory(state="cancelled", cancelled_for="paused")
    NoticeFactory(delivery=DeliveryFactory(delivered_on=dt.date(2017, 3, 21)))
    assert not any(find().values())


def test_one_query_however_many_mails(django_assert_num_queries):
    NoticeFactory.create_batch(3)
    with django_assert_num_queries(2):
        find()
