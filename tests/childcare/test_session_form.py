"""Recording, changing and deleting sessions."""

import datetime as dt

import pytest
from django.urls import reverse

from childcare.forms import SessionForm
from childcare.models import Session
from tests.childcare.factories import HubFactory, SessionFactory

URL = reverse("childcare:session_create")


@pytest.fixture
def hub(db):
    return HubFactory(code="H01", contract_until=dt.date(2017, 3, 20))


def data(place, **changes):
    return {
        "hub": place.pk,
        "held_on": "H29.3.20",
        "slot": "all_day",
        "families": "１２",
        "first_timers": "0",
    } | changes


def test_coordinator_records_a_session_and_manager_may_not(coordinator, manager, hub):
    assert coordinator.post(URL, data(hub)).status_code == 302
    session = Session.objects.get()
    assert (session.families, session.first_timers, session.adults) == (12, 0, None)
    assert session.fiscal_year == 2016
    assert manager.post(URL, data(hub)).status_code == 403


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"held_on": "2099/1/1"}, "held_on"),
        ({"held_on": "5/4/30"}, "held_on"),
        ({"held_on": "2017/3/21"}, "held_on"),
        ({"held_on": "2013/3/31"}, "held_on"),
        ({"families": ""}, "families"),
        ({"families": "△5"}, "families"),
        ({"first_timers": "13"}, "first_timers"),
        ({"hub": "999"}, "hub"),
        ({"slot": "night"}, "slot"),
    ],
)
def test_bad_input_is_explained_beside_its_field(coordinator, hub, changes, field):
    page = coordinator.post(URL, data(hub, **changes))
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert not Session.objects.exists()


def test_same_session_is_not_recorded_twice(coordinator, hub):
    coordinator.post(URL, data(hub))
    page = coordinator.post(URL, data(hub))
    assert page.context["form"].errors
    assert Session.objects.count() == 1


def test_same_session_at_the_same_moment_is_an_error_on_the_page(
    coordinator, hub, monkeypatch
):
    # The other request saves between this one's check and its own saving.
    real = SessionForm.save

    def save(form, commit=True):
        SessionFactory(hub=hub, held_on=dt.date(2017, 3, 20))
        return real(form, commit)

    monkeypatch.setattr(SessionForm, "save", save)
    page = coordinator.post(URL, data(hub))
    assert page.status_code == 200
    assert page.context["form"].errors


def test_half_a_day_cannot_stand_beside_the_whole(coordinator, hub):
    coordinator.post(URL, data(hub))
    page = coordinator.post(URL, data(hub, slot="morning"))
    assert list(page.context["form"].errors) == ["slot"]


def test_two_halves_stand_beside_each_other(coordinator, hub):
    coordinator.post(URL, data(hub, slot="morning"))
    coordinator.post(URL, data(hub, slot="afternoon"))
    assert Session.objects.count() == 2


def test_hub_is_taken_from_the_page_one_comes_from(coordinator, hub):
    page = coordinator.get(URL, {"hub": "H01"})
    assert f'<option value="{hub.pk}" selected>' in page.text


def test_session_is_changed(coordinator, manager, hub):
    session = SessionFactory(hub=hub, held_on=dt.date(2017, 3, 20))
    url = reverse("childcare:session_update", args=[session.pk])
    assert coordinator.post(url, data(hub)).url == session.get_absolute_url()
    assert Session.objects.get().families == 12
    assert manager.post(url, data(hub)).status_code == 403


def test_session_is_deleted_only_after_asking(coordinator, manager):
    session = SessionFactory()
    url = reverse("childcare:session_delete", args=[session.pk])
    assert coordinator.get(url).status_code == 200
    assert Session.objects.exists()
    assert manager.post(url).status_code == 403
    coordinator.post(url)
    assert not Session.objects.exists()


def test_page_of_a_session_shows_what_is_missing_as_a_dash(manager, outsider):
    session = SessionFactory(adults=None, consultations=0)
    page = manager.get(session.get_absolute_url())
    assert "<dd>–</dd>" in page.text
    assert "<dd>0</dd>" in page.text
    assert outsider.get(session.get_absolute_url()).status_code == 403


def test_day_to_come_is_refused_where_the_contract_goes_on(coordinator):
    page = coordinator.post(URL, data(HubFactory(), held_on="2099/1/1"))
    assert list(page.context["form"].errors) == ["held_on"]
