"""Rules of hubs and sessions that the database keeps."""

import datetime as dt

import pytest
from django.db import IntegrityError

from childcare.models import Hub, Slot
from childcare.months import Month
from tests.childcare.factories import HubFactory, SessionFactory

pytestmark = pytest.mark.django_db
DAY = dt.date(2016, 10, 3)


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        (dt.date(2013, 3, 31), False),
        (dt.date(2013, 4, 1), True),
        (dt.date(2017, 3, 20), True),
        (dt.date(2017, 3, 21), False),
    ],
)
def test_hub_is_open_from_the_first_to_the_last_day_of_its_contract(day, is_open):
    hub = HubFactory(contract_until=dt.date(2017, 3, 20))
    assert Hub.objects.open_on(day).exists() is is_open
    assert hub.is_open_on(day) is is_open


def test_hub_operates_on_its_weekdays_only():
    hub = HubFactory(weekdays="0")
    assert hub.operates_on(dt.date(2016, 10, 3))
    assert not hub.operates_on(dt.date(2016, 10, 4))
    assert not hub.operates_on(dt.date(2013, 3, 25))


@pytest.mark.parametrize(
    "wrong",
    [{"contract_until": dt.date(2013, 3, 31)}, {"weekdays": ""}],
)
def test_database_refuses_a_hub_that_never_opens(wrong):
    with pytest.raises(IntegrityError):
        HubFactory(**wrong)


def test_code_of_a_hub_is_taken_once():
    HubFactory(code="H01")
    with pytest.raises(IntegrityError):
        HubFactory(code="H01")


def test_database_refuses_the_same_session_twice():
    session = SessionFactory(held_on=DAY)
    SessionFactory(hub=session.hub, held_on=DAY, slot=Slot.MORNING)
    with pytest.raises(IntegrityError):
        SessionFactory(hub=session.hub, held_on=DAY)


def test_database_refuses_more_first_timers_than_families():
    SessionFactory(families=3, first_timers=3)
    with pytest.raises(IntegrityError):
        SessionFactory(families=3, first_timers=4)


def test_all_day_overlaps_with_everything_and_halves_not_with_each_other():
    assert Slot.ALL_DAY.overlaps(Slot.MORNING)
    assert Slot.AFTERNOON.overlaps(Slot.ALL_DAY)
    assert not Slot.MORNING.overlaps(Slot.AFTERNOON)


def test_hub_without_a_session_in_the_month_has_not_reported():
    october = Month(2016, 10)
    late = HubFactory()
    HubFactory(contract_from=dt.date(2016, 11, 1))
    HubFactory(contract_until=dt.date(2016, 9, 30))
    SessionFactory(held_on=dt.date(2016, 10, 31))
    SessionFactory(hub=late, held_on=dt.date(2016, 9, 30))
    SessionFactory(hub=late, held_on=dt.date(2016, 11, 1))
    assert list(Hub.objects.not_reported_in(october)) == [late]


def test_session_to_which_nobody_came_is_a_report():
    SessionFactory(held_on=DAY, families=0)
    assert not Hub.objects.not_reported_in(Month(2016, 10)).exists()
