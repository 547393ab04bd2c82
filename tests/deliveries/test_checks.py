"""Mails that wait or failed are found before the year is closed."""

import datetime as dt

import pytest

from dashboard.checks import Context, registry
from tests.deliveries.factories import (
    DeliveryFactory,
    NoticeFactory,
    SentNoticeFactory,
    SubscriptionFactory,
)

pytestmark = pytest.mark.django_db


KEYS = ("deliveries.notices_settled", "deliveries.notices_arrived")


def at(year, month, day):
    return dt.datetime(year, month, day, 3, tzinfo=dt.UTC)


def find(year=2016, keys=KEYS):
    today = dt.date(2018, 6, 1)
    context = Context(year=year, today=today, book=None, change_percent=30)
    return {key: list(registry[key].find(context)) for key in keys}


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


def on_hold(year=2016):
    [found] = find(year, ["deliveries.nobody_on_hold"]).values()
    return found


def test_families_on_hold_are_counted_by_reason_and_listed(manager):
    for reason in ("bounced", "bounced", "complaint"):
        SubscriptionFactory(held_since=at(2017, 3, 20), held_for=reason)
    SubscriptionFactory()
    found = on_hold()
    assert [one.count for one in found] == [2, 1]
    assert manager.get(found[0].url).context["summary"]["count"] == 3
    for word in ("ichiro", "見本", "架空"):
        assert word not in "".join(one.text for one in found)


def test_hold_after_the_year_or_of_an_ended_subscription_is_left_alone():
    SubscriptionFactory(held_since=at(2017, 3, 21), held_for="bounced")
    SubscriptionFactory(
        held_since=at(2016, 9, 1), held_for="bounced", ended_on=dt.date(2016, 9, 2)
    )
    assert on_hold() == []
    assert len(on_hold(2017)) == 1
