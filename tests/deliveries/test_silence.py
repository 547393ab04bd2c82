"""What it means for a family when no mail comes."""

import datetime as dt

import pytest
from django.template.loader import render_to_string

from deliveries import silence
from deliveries.models import SendingAlarm
from deliveries.silence import DayState
from outbox.models import Mail, Worker
from tests.deliveries.factories import DeliveryFactory, SubscriptionFactory
from tests.deliveries.plans import DayOffFactory, PlanFactory

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2016, 10, 3)
JAPAN = dt.timezone(dt.timedelta(hours=9))


def at(hour, minute=0):
    return dt.datetime.combine(MONDAY, dt.time(hour, minute), JAPAN)


@pytest.fixture
def worker():
    """A worker that was heard of at half past five and at eight in the evening."""
    return Worker.objects.create(name="w", started_at=at(9), seen_at=at(20))


@pytest.fixture
def family(worker):
    return SubscriptionFactory(member_number="M1")


def state(family, instant):
    return silence.day_of(subscription=family, at=instant).state


def queue_mail(due_at):
    return Mail.objects.create(
        message_id="<1@x>",
        created_at=due_at,
        due_at=due_at,
        expires_at=due_at + dt.timedelta(days=1),
    )


def test_without_a_plan_nothing_is_known(family):
    assert state(family, at(20)) == DayState.UNKNOWN


def test_delivery_is_told_with_its_time_even_without_a_plan(family):
    DeliveryFactory(member_number="M1", delivered_at=dt.time(10, 5))
    day = silence.day_of(subscription=family, at=at(20))
    assert day == (DayState.DELIVERED, dt.time(10, 5), None)


def test_delivery_is_expected_until_its_time_and_late_from_then_on(family):
    PlanFactory(member_number="M1")
    expected = silence.day_of(subscription=family, at=at(17, 59))
    assert expected == (DayState.EXPECTED, None, dt.time(18))
    late = silence.day_of(subscription=family, at=at(18))
    assert late == (DayState.LATE, None, dt.time(18))


def test_day_of_no_plan_and_day_off_have_none(family):
    plan = PlanFactory(member_number="M1", weekdays="1")
    assert state(family, at(20)) == DayState.NONE_TODAY
    plan.weekdays = "0"
    plan.save()
    assert state(family, at(20)) == DayState.LATE
    DayOffFactory()
    assert state(family, at(20)) == DayState.NONE_TODAY


def test_second_delivery_of_a_day_is_told_beside_the_first(family):
    PlanFactory(member_number="M1", service="groceries", expected_by=dt.time(12))
    PlanFactory(member_number="M1")
    DeliveryFactory(member_number="M1", delivered_at=dt.time(11))
    day = silence.day_of(subscription=family, at=at(17))
    assert day == (DayState.DELIVERED, dt.time(11), dt.time(18))
    day = silence.day_of(subscription=family, at=at(18))
    assert day == (DayState.LATE, dt.time(11), dt.time(18))


def test_pause_explains_the_silence(family):
    PlanFactory(member_number="M1")
    family.paused_until = MONDAY
    assert state(family, at(20)) == DayState.PAUSED


@pytest.mark.parametrize("change", [{"confirmed_on": None}, {"ended_on": MONDAY}])
def test_nothing_is_told_to_whom_no_mail_would_go(worker, change):
    family = SubscriptionFactory(member_number="M1", **change)
    DeliveryFactory(member_number="M1")
    PlanFactory(member_number="M1")
    assert state(family, at(20)) == DayState.UNKNOWN


def test_another_member_s_deliveries_do_not_count(family):
    DeliveryFactory(member_number="M2")
    PlanFactory(member_number="M2")
    assert state(family, at(20)) == DayState.UNKNOWN


def test_system_has_stopped_when_the_oldest_due_mail_waits_too_long(family):
    PlanFactory(member_number="M1")
    queue_mail(at(17))
    assert state(family, at(17, 10)) == DayState.EXPECTED
    assert state(family, at(17, 11)) == DayState.STOPPED
    day = silence.day_of(subscription=family, at=at(20))
    assert day == (DayState.STOPPED, None, dt.time(18))


def test_system_has_stopped_when_nobody_sends(family, worker):
    PlanFactory(member_number="M1")
    worker.seen_at = at(17)
    worker.save()
    assert state(family, at(17, 10)) == DayState.EXPECTED
    assert state(family, at(17, 11)) == DayState.STOPPED
    worker.delete()
    assert state(family, at(17, 10)) == DayState.STOPPED


def test_system_has_stopped_while_an_alarm_lasts(family):
    alarm = SendingAlarm.objects.create(raised_at=at(19), oldest_due_at=at(18))
    assert state(family, at(20)) == DayState.STOPPED
    alarm.cleared_at = at(19, 30)
    alarm.save()
    assert state(family, at(20)) == DayState.UNKNOWN


def test_what_is_known_by_records_is_told_even_when_mails_do_not_go_out(family):
    queue_mail(at(9))
    PlanFactory(member_number="M1", weekdays="1")
    assert state(family, at(20)) == DayState.NONE_TODAY
    DeliveryFactory(member_number="M1")
    assert state(family, at(20)) == DayState.DELIVERED


def test_day_begins_and_ends_at_midnight_in_japan(family):
    PlanFactory(member_number="M1", weekdays="0")
    sunday_in_utc = dt.datetime(2016, 10, 2, 15, 30, tzinfo=dt.UTC)
    Worker.objects.update(seen_at=sunday_in_utc)
    assert state(family, sunday_in_utc) == DayState.EXPECTED
    before = sunday_in_utc - dt.timedelta(hours=1)
    assert state(family, before) == DayState.NONE_TODAY


@pytest.mark.parametrize("one", list(DayState))
def test_every_state_has_words_and_no_gap(one):
    day = silence.Day(one, dt.time(10, 5), dt.time(18))
    text = render_to_string("deliveries/_day_state.html", {"day": day})
    assert str(one.label) in text
    assert "None" not in text
    assert text.count("<p>") >= 2


def test_costs_few_queries(family, django_assert_max_num_queries):
    PlanFactory(member_number="M1")
    with django_assert_max_num_queries(5):
        state(family, at(20))
