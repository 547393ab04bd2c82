"""Recording and changing hubs, and the page of a hub."""

import datetime as dt

import pytest
from django.urls import reverse

from childcare.models import Hub
from childcare.months import Month
from tests.childcare.factories import HubFactory, SessionFactory
from tests.municipalities.factories import MunicipalityFactory

URL = reverse("childcare:hub_create")


def data(place, **changes):
    return {
        "code": "ｈ０１",
        "name": "見本の森",
        "municipality": place.code,
        "series": "contracted",
        "hub_type": "general",
        "contract_from": "H25.4.1",
        "weekdays": ["4", "0"],
        "day_plan": "all_day",
    } | changes


@pytest.fixture
def place(db):
    return MunicipalityFactory()


def test_coordinator_records_a_hub_and_manager_may_not(coordinator, manager, place):
    assert coordinator.post(URL, data(place)).status_code == 302
    hub = Hub.objects.get()
    assert (hub.code, hub.weekdays, hub.capacity) == ("H01", "04", None)
    assert hub.contract_from == dt.date(2013, 4, 1)
    assert manager.post(URL, data(place)).status_code == 403


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "H-1"}, "code"),
        ({"weekdays": []}, "weekdays"),
        ({"contract_from": "5/4/1"}, "contract_from"),
        ({"capacity": "-5"}, "capacity"),
        ({"municipality": "999999"}, "municipality"),
        ({"contract_until": "2013/3/31"}, "contract_until"),
    ],
)
def test_bad_input_is_explained(coordinator, place, changes, field):
    page = coordinator.post(URL, data(place, **changes))
    assert list(page.context["form"].errors) == [field]
    assert not Hub.objects.exists()


def test_code_is_taken_once(coordinator, place):
    HubFactory(code="H01")
    page = coordinator.post(URL, data(place))
    assert list(page.context["form"].errors) == ["code"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"series": "member_run"}, "series"),
        ({"contract_from": "2016/10/4"}, "contract_from"),
        ({"contract_until": "2016/10/2"}, "contract_until"),
    ],
)
def test_change_that_would_move_recorded_sessions_is_refused(
    coordinator, changes, field
):
    hub = SessionFactory(held_on=dt.date(2016, 10, 3)).hub
    url = reverse("childcare:hub_update", args=[hub.code])
    page = coordinator.post(url, data(hub.municipality, **changes))
    assert list(page.context["form"].errors) == [field]


def test_code_stays_when_a_hub_is_changed(coordinator):
    hub = HubFactory(code="H07")
    url = reverse("childcare:hub_update", args=["H07"])
    coordinator.post(url, data(hub.municipality, code="H08", weekdays=["2"]))
    hub.refresh_from_db()
    assert (hub.code, hub.weekdays) == ("H07", "2")


def test_page_shows_months_with_and_without_a_report(manager, coordinator, outsider):
    until = dt.date(2016, 10, 31)
    hub = HubFactory(contract_from=dt.date(2016, 9, 1), contract_until=until)
    SessionFactory(hub=hub, held_on=dt.date(2016, 10, 3), families=12)
    page = manager.get(hub.get_absolute_url())
    months = [(str(m["month"]), m["families"]) for m in page.context["months"]]
    assert months == [("2016/10", 12), ("2016/09", None)]
    sheet = f'href="{hub.month_url(Month(2016, 10))}"'
    assert sheet not in page.text
    assert sheet in coordinator.get(hub.get_absolute_url()).text
    assert outsider.get(hub.get_absolute_url()).status_code == 403


def test_unknown_hub_is_not_found(manager):
    assert manager.get(reverse("childcare:hub_detail", args=["X99"])).status_code == 404
