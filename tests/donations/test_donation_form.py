"""Recording a donation, and the rules every donation keeps."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.urls import reverse

from donations.models import Donation
from tests.donations.factories import (
    CampaignFactory,
    DonationFactory,
    ItemFactory,
    SchoolFactory,
)

URL = reverse("donations:donation_create")


@pytest.fixture
def data(db):
    school = SchoolFactory(name="見本第一小学校", municipality__name="見本市")
    campaign = CampaignFactory(year=2016)
    return {
        "campaign": campaign.pk,
        "school": f"千葉県見本市 {school.name}",
        "item": ItemFactory().pk,
        "wished": "１，２００",
        "allocated": "1200",
        "sent_on": "H29.3.20",
        "sent_quantity": "1200",
    }


def test_coordinator_records_a_donation_and_manager_may_not(coordinator, manager, data):
    assert manager.post(URL, data).status_code == 403
    assert coordinator.post(URL, data).status_code == 302
    donation = Donation.objects.get()
    assert (donation.wished, donation.fiscal_year) == (1200, 2016)
    assert donation.state == "sent"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sent_on": "2099/1/1"}, "sent_on"),
        ({"sent_on": "5/4/30"}, "sent_on"),
        ({"wished": "-5"}, "wished"),
        ({"wished": "1_0"}, "wished"),
        ({"school": "ない小学校"}, "school"),
        ({"school": "東京都 見本第一小学校"}, "school"),
        ({"sent_quantity": ""}, "sent_quantity"),
        ({"sent_quantity": "0"}, "sent_quantity"),
        ({"sent_quantity": "1201"}, "sent_quantity"),
        ({"received_on": "2017/3/19"}, "received_on"),
        ({"thanked_on": "2017/3/19"}, "thanked_on"),
        (
            {"sent_on": "", "sent_quantity": "", "received_on": "2017/4/1"},
            "received_on",
        ),
    ],
)
def test_bad_input_is_explained(coordinator, data, changes, field):
    page = coordinator.post(URL, data | changes)
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert not Donation.objects.exists()


def test_same_school_and_item_is_not_recorded_twice(coordinator, data):
    coordinator.post(URL, data)
    page = coordinator.post(URL, data)
    assert page.context["form"].errors
    assert Donation.objects.count() == 1


def test_school_that_had_closed_is_refused(coordinator, data):
    SchoolFactory(name="閉校小学校", valid_until=dt.date(2016, 4, 30))
    page = coordinator.post(URL, data | {"school": "閉校小学校"})
    assert list(page.context["form"].errors) == ["school"]


def test_name_of_several_schools_lists_them(coordinator, data):
    SchoolFactory(name="見本第一小学校", municipality__name="架空市")
    page = coordinator.post(URL, data | {"school": "見本第一小学校"})
    [message] = page.context["form"].errors["school"]
    assert "千葉県架空市 見本第一小学校" in message
    assert "千葉県見本市 見本第一小学校" in message


def test_form_proposes_campaign_and_school(coordinator, data):
    school = SchoolFactory()
    page = coordinator.get(URL, {"school": school.pk})
    assert school.name in page.text
    assert page.context["form"].initial["campaign"].year == 2016


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"sent_on": dt.date(2016, 10, 3)},
        {"sent_on": dt.date(2016, 10, 3), "sent_quantity": 0, "allocated": 5},
        {"sent_on": dt.date(2016, 10, 3), "sent_quantity": 6, "allocated": 5},
        {"sent_on": dt.date(2016, 10, 3), "sent_quantity": 6},
        {"sent_quantity": 5, "allocated": 5},
        {"received_on": dt.date(2016, 10, 3)},
        {"thanked_on": dt.date(2016, 10, 3)},
    ],
)
def test_database_keeps_the_order_of_steps(changes):
    with pytest.raises(IntegrityError):
        DonationFactory(**changes)


@pytest.mark.django_db
def test_state_is_the_furthest_step():
    day = dt.date(2016, 10, 3)
    donation = DonationFactory(wished=None)
    steps = [
        ({"allocated": 0}, "refused"),
        ({"allocated": 5}, "allocated"),
        ({"sent_on": day, "sent_quantity": 5}, "sent"),
        ({"received_on": day}, "received"),
        ({"thanked_on": day}, "thanked"),
    ]
    assert donation.state == "wished"
    for changes, state in steps:
        Donation.objects.filter(pk=donation.pk).update(**changes)
        donation.refresh_from_db()
        assert donation.state == state


@pytest.mark.django_db
def test_school_name_is_unique_in_its_municipality():
    school = SchoolFactory()
    with pytest.raises(ValidationError):
        SchoolFactory.build(
            municipality=school.municipality, name=school.name
        ).full_clean()
