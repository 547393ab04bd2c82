"""Days without deliveries: adding them, one or several, and deleting them."""

import datetime as dt

import pytest
from django.urls import reverse

from deliveries.models import DayOff
from tests.accounts.factories import WorkplaceFactory
from tests.deliveries.plans import DayOffFactory

CREATE = reverse("deliveries:dayoff_create")
LIST = reverse("deliveries:dayoff_list")


def add(client, **values):
    return client.post(CREATE, {"day": "2016/12/30", "until": "", **values})


def test_one_day_of_all_workplaces(coordinator):
    assert add(coordinator, reason="年末年始").status_code == 302
    [day] = DayOff.objects.all()
    assert (day.day, day.workplace) == (dt.date(2016, 12, 30), None)


def test_several_days_leave_out_what_is_listed(coordinator):
    DayOffFactory(day=dt.date(2017, 1, 1))
    assert add(coordinator, until="2017/1/3").status_code == 302
    assert DayOff.objects.count() == 5


def test_day_of_one_workplace_stands_beside_that_of_all(coordinator, workplace):
    add(coordinator)
    assert add(coordinator, workplace=workplace.pk).status_code == 302
    assert DayOff.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "day"),
        ({"day": "いつか"}, "day"),
        ({"until": "2016/12/29"}, "until"),
        ({"until": "2017/1/30"}, "until"),
        ({"reason": "年\u202e末", "day": "2016/12/31"}, "reason"),
    ],
)
def test_wrong_input_is_named_beside_its_field(coordinator, values, field):
    DayOffFactory(day=dt.date(2016, 12, 30))
    page = add(coordinator, **values)
    assert list(page.context["form"].errors) == [field]
    assert DayOff.objects.count() == 1


def test_day_is_deleted_after_asking(coordinator):
    day = DayOffFactory()
    url = reverse("deliveries:dayoff_delete", args=[day.pk])
    assert coordinator.get(url).status_code == 200
    assert DayOff.objects.exists()
    assert coordinator.post(url).status_code == 302
    assert not DayOff.objects.exists()


def test_list_of_a_workplace_holds_the_days_of_all(coordinator, workplace):
    of_all = DayOffFactory()
    own = DayOffFactory(workplace=workplace)
    DayOffFactory(workplace=WorkplaceFactory())
    page = coordinator.get(LIST, {"workplace": workplace.pk})
    assert set(page.context["table"].data) == {of_all, own}
    page = coordinator.get(LIST, {"since": "2016/10/4"})
    assert set(page.context["table"].data) == set()


def test_manager_reads_without_links_to_delete(manager):
    DayOffFactory()
    assert "/delete/" not in manager.get(LIST).text
