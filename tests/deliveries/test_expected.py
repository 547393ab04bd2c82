"""Which deliveries are expected on a day, and which of them have come."""

import datetime as dt

import pytest

from deliveries.expected import planned_on, with_families, with_progress
from deliveries.models import Plan
from tests.accounts.factories import WorkplaceFactory
from tests.deliveries.factories import DeliveryFactory, SubscriptionFactory
from tests.deliveries.plans import DayOffFactory, PlanFactory

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2016, 10, 3)
JAPAN = dt.timezone(dt.timedelta(hours=9))


def at(hour, minute=0, day=MONDAY):
    return dt.datetime.combine(day, dt.time(hour, minute), JAPAN)


def progress(instant=None, day=MONDAY):
    """Return (state, time it came) of the planned deliveries by their time."""
    plans = with_progress(planned_on(Plan.objects.all(), day), day, instant or at(20))
    return list(plans.order_by("expected_by", "pk").values_list("progress", "came_at"))


def deliver(hour, minute=0, **attributes):
    time = dt.time(hour, minute)
    return DeliveryFactory(member_number="M1", delivered_at=time, **attributes)


@pytest.mark.parametrize(
    ("day", "is_planned"),
    [
        (dt.date(2016, 10, 3), True),
        (dt.date(2016, 10, 4), False),
        (dt.date(2016, 10, 7), True),
        (dt.date(2016, 10, 9), False),
    ],
)
def test_delivery_is_planned_by_weekday(day, is_planned):
    PlanFactory(weekdays="04")
    assert planned_on(Plan.objects.all(), day).exists() is is_planned


@pytest.mark.parametrize(
    ("day", "is_planned"),
    [
        (dt.date(2016, 9, 30), False),
        (dt.date(2016, 10, 3), True),
        (dt.date(2016, 10, 7), True),
        (dt.date(2016, 10, 10), False),
    ],
)
def test_plan_holds_from_its_first_to_its_last_day(day, is_planned):
    PlanFactory(valid_from=MONDAY, valid_until=dt.date(2016, 10, 7))
    assert planned_on(Plan.objects.all(), day).exists() is is_planned


def test_newer_plan_of_a_kind_takes_the_place_of_the_older_one():
    PlanFactory(member_number="M1", weekdays="0")
    newer = PlanFactory(member_number="M1", weekdays="1", valid_from=MONDAY)
    before = MONDAY - dt.timedelta(days=7)
    assert planned_on(Plan.objects.all(), before).count() == 1
    assert not planned_on(Plan.objects.all(), MONDAY).exists()
    tuesday = MONDAY + dt.timedelta(days=1)
    assert list(planned_on(Plan.objects.all(), tuesday)) == [newer]


def test_other_kind_of_the_member_stays():
    PlanFactory(member_number="M1", service="groceries")
    PlanFactory(member_number="M1", valid_from=MONDAY)
    assert planned_on(Plan.objects.all(), MONDAY).count() == 2


@pytest.mark.parametrize(
    ("instant", "state"),
    [
        (at(17, 59), "waiting"),
        (at(18), "missing"),
        (at(0, 30, MONDAY + dt.timedelta(days=1)), "missing"),
        (at(23, 0, MONDAY - dt.timedelta(days=1)), "waiting"),
    ],
)
def test_delivery_is_missing_from_its_time_on(instant, state):
    PlanFactory(member_number="M1")
    assert progress(instant) == [(state, None)]


def test_delivery_recorded_has_come():
    PlanFactory(member_number="M1")
    deliver(17, 40)
    assert progress() == [("delivered", dt.time(17, 40))]


def test_delivery_of_another_day_or_taken_back_does_not_count():
    PlanFactory(member_number="M1")
    deliver(17, 40, delivered_on=dt.date(2016, 10, 2))
    undone = deliver(17, 40)
    undone.undone_at, undone.undone_by = at(18), undone.recorded_by
    undone.save()
    assert progress() == [("missing", None)]


def test_of_two_planned_and_one_recorded_the_earlier_one_has_come():
    PlanFactory(member_number="M1", service="groceries", expected_by=dt.time(12))
    PlanFactory(member_number="M1")
    deliver(17, 30)
    assert progress(at(17, 59)) == [
        ("delivered", dt.time(17, 30)),
        ("waiting", None),
    ]
    assert progress(at(18)) == [("delivered", dt.time(17, 30)), ("missing", None)]
    deliver(18, 20)
    assert progress(at(19)) == [
        ("delivered", dt.time(17, 30)),
        ("delivered", dt.time(18, 20)),
    ]


def test_plans_of_one_time_are_told_apart():
    PlanFactory(member_number="M1", service="groceries", expected_by=dt.time(18))
    PlanFactory(member_number="M1")
    deliver(17)
    assert [state for state, _time in progress()] == ["delivered", "missing"]


def test_day_off_of_all_and_of_the_workplace_expects_nothing():
    own, other = WorkplaceFactory(), WorkplaceFactory()
    PlanFactory(member_number="M1", workplace=own)
    DayOffFactory(workplace=other)
    assert progress() == [("missing", None)]
    DayOffFactory(workplace=own)
    assert progress() == [("off", None)]
    DayOffFactory(day=dt.date(2016, 10, 4))
    assert progress(day=dt.date(2016, 10, 4)) == [("off", None)]


def test_plan_that_is_off_does_not_take_a_delivery():
    shut = WorkplaceFactory()
    groceries = {"service": "groceries", "expected_by": dt.time(12)}
    PlanFactory(member_number="M1", workplace=shut, **groceries)
    PlanFactory(member_number="M1")
    DayOffFactory(workplace=shut)
    deliver(17)
    assert [state for state, _time in progress()] == ["off", "delivered"]


def test_public_holiday_is_an_ordinary_day():
    PlanFactory(member_number="M1")
    day = dt.date(2016, 10, 10)
    assert progress(at(20, 0, day), day) == [("missing", None)]


def test_families_in_force_are_counted():
    plan = PlanFactory(member_number="M1")
    SubscriptionFactory(member_number="M1")
    SubscriptionFactory(member_number="M1", email="b@example.jp")
    SubscriptionFactory(member_number="M1", email="c@example.jp", confirmed_on=None)
    [found] = with_families(Plan.objects.all(), MONDAY)
    assert (found, found.families) == (plan, 2)
