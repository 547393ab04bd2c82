"""Tariffs: what an activity costs, and which tariff applies when."""

import datetime as dt

import pytest
from django.db import IntegrityError
from django.urls import reverse

from mutualaid.models import Tariff
from tests.mutualaid.factories import GroupFactory, TariffFactory

URL = reverse("mutualaid:tariff_create")
pytestmark = pytest.mark.django_db


def tariff_data(**changes):
    return {
        "group": GroupFactory().pk,
        "valid_from": "2019/3/21",
        "unit_minutes": "60",
        "minimum_minutes": "60",
        "rounding_minutes": "30",
        "fee_jpy": "９００",
        "helper_share_jpy": "800",
        "office_share_jpy": "100",
        "travel_jpy": "0",
    } | changes


@pytest.mark.parametrize(
    ("minutes", "fee"),
    [(1, 800), (60, 800), (61, 1200), (90, 1200), (91, 1600), (120, 1600)],
)
def test_time_is_raised_to_the_minimum_and_rounded_up(minutes, fee):
    assert TariffFactory.build(group=None).fee_for(minutes).fee_jpy == fee


def test_shares_make_the_fee_in_whole_yen_rounded_half_up():
    tariff = TariffFactory.build(
        group=None, fee_jpy=805, helper_share_jpy=705, rounding_minutes=30
    )
    assert tariff.fee_for(90) == (1208, 1058, 150, 100)


def test_coordinator_records_a_tariff_and_manager_may_not(coordinator, manager):
    assert coordinator.post(URL, tariff_data()).status_code == 302
    assert Tariff.objects.get().fee_jpy == 900
    assert manager.post(URL, tariff_data()).status_code == 403


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"office_share_jpy": "99"}, "office_share_jpy"),
        ({"valid_until": "2019/3/20"}, "valid_until"),
        ({"unit_minutes": "0"}, "unit_minutes"),
        ({"rounding_minutes": "0"}, "rounding_minutes"),
        ({"fee_jpy": "-900"}, "fee_jpy"),
    ],
)
def test_bad_tariff_is_explained(coordinator, changes, field):
    page = coordinator.post(URL, tariff_data(**changes))
    assert field in page.context["form"].errors
    assert not Tariff.objects.exists()


@pytest.mark.parametrize(
    ("first", "last", "is_refused"),
    [
        ("2013/3/21", "2014/3/20", True),
        ("2012/3/21", "", True),
        ("2012/3/21", "2013/3/21", True),
        ("2012/3/21", "2013/3/20", False),
        ("2019/3/20", "", True),
        ("2019/3/21", "", False),
    ],
)
def test_tariffs_of_a_group_never_overlap(coordinator, first, last, is_refused):
    TariffFactory(valid_until=dt.date(2019, 3, 20))
    page = coordinator.post(URL, tariff_data(valid_from=first, valid_until=last))
    assert (page.status_code == 200) is is_refused
    if is_refused:
        assert "2013/03/21" in page.context["form"].errors["valid_from"][0]


def test_ending_a_tariff_makes_room_for_the_next(coordinator):
    tariff = TariffFactory()
    end = reverse("mutualaid:tariff_update", args=[tariff.pk])
    coordinator.post(end, {"valid_until": "2019年3月20日"})
    assert coordinator.post(URL, tariff_data()).status_code == 302
    valid = Tariff.objects.valid_on(dt.date(2019, 3, 20))
    assert [t.pk for t in valid] == [tariff.pk]


def test_database_refuses_shares_that_do_not_make_the_fee():
    with pytest.raises(IntegrityError):
        TariffFactory(office_share_jpy=99)
