"""Values of the program's own indicators at the edges of a year."""

import datetime as dt

import pytest

from childcare.models import Hub
from dashboard.indicators import Moment, registry
from tests.childcare.factories import HubFactory, SessionFactory

pytestmark = pytest.mark.django_db
YEARS = [Moment(2016, dt.date(2017, 3, 20)), Moment(2017, dt.date(2018, 3, 20))]
LAST_DAY = dt.date(2017, 3, 20)


def numbers(key, by=""):
    found = registry[f"childcare.{key}"].numbers(YEARS, by)
    return {place: number.value for place, number in found.items()}


def test_hub_counts_on_its_last_day_and_not_after():
    HubFactory(contract_until=LAST_DAY)
    assert numbers("hubs") == {(2016, ""): 1}


def test_session_belongs_to_the_year_of_its_day():
    hub = HubFactory()
    SessionFactory(hub=hub, held_on=LAST_DAY, families=7)
    SessionFactory(hub=hub, held_on=dt.date(2017, 3, 21), families=5)
    assert numbers("sessions") == {(2016, ""): 1, (2017, ""): 1}
    assert numbers("family_visits", "hub") == {(2016, hub.code): 7, (2017, hub.code): 5}


def test_plazas_are_a_series_of_their_own():
    plaza = HubFactory(series=Hub.Series.MEMBER_RUN)
    SessionFactory(hub=plaza, held_on=LAST_DAY, families=4)
    assert numbers("hubs") == numbers("sessions") == numbers("family_visits") == {}
    assert numbers("plaza_sessions") == {(2016, ""): 1}
    assert numbers("plaza_family_visits") == {(2016, ""): 4}


def test_session_without_families_is_zero_and_no_session_is_missing():
    SessionFactory(held_on=LAST_DAY, families=0)
    assert numbers("family_visits") == {(2016, ""): 0}


@pytest.mark.parametrize(
    "key",
    ["hubs", "sessions", "family_visits", "plaza_sessions", "plaza_family_visits"],
)
def test_figure_opens_the_rows_that_make_it(manager, key):
    for series in Hub.Series:
        for families in (3, 5):
            hub = HubFactory(series=series)
            SessionFactory(hub=hub, held_on=LAST_DAY, families=families)
    indicator = registry[f"childcare.{key}"]
    for by in ("", *indicator.by):
        for (_year, value), number in indicator.numbers(YEARS[:1], by).items():
            page = manager.get(indicator.rows_url(YEARS[0], by, value))
            assert page.context["summary"][indicator.rows_total] == number.value
