"""Handing a delivery over to the form for an incident: coordinators and drivers."""

import pytest
from django.urls import reverse

from core.handover import SESSION_KEY
from tests.accounts.factories import UserFactory
from tests.deliveries.factories import MORNING, DeliveryFactory, SubscriptionFactory

UNTOUCHED = "previous_untouched"


def url(delivery):
    return reverse("deliveries:delivery_incident", args=[delivery.pk])


@pytest.fixture
def delivery(workplace):
    return DeliveryFactory(workplace=workplace, status=UNTOUCHED)


def test_driver_gets_one_button_and_the_form_filled_in(staff, delivery):
    row = SubscriptionFactory(member_number=delivery.member_number)
    page = staff.get(url(delivery))
    assert page.status_code == 200
    assert "花子" not in page.text
    assert delivery.member_number not in page.text
    assert SESSION_KEY not in staff.session
    response = staff.post(url(delivery))
    key = response.url.partition("handover=")[2]
    offered = staff.session[SESSION_KEY][key]
    assert offered["municipality"] == row.municipality.code
    assert "10:05" in offered["narrative"]
    assert delivery.member_number not in response.url
    form = staff.get(f"{response.url}&step=form").context["form"]
    assert form.initial["municipality"] == row.municipality
    assert delivery.member_number in form.initial["narrative"]


def test_drivers_see_nothing_else_of_deliveries(staff, delivery):
    for address in (delivery.get_absolute_url(), reverse("deliveries:delivery_list")):
        assert staff.get(address).status_code == 403


@pytest.mark.parametrize("method", ["get", "post"])
def test_delivery_of_another_workplace_is_not_there(other_staff, delivery, method):
    assert getattr(other_staff, method)(url(delivery)).status_code == 404


def test_person_without_a_workplace_is_offered_nothing(officer, delivery):
    officer.user.workplace = None
    officer.user.save()
    assert officer.get(url(delivery)).status_code == 404


@pytest.mark.parametrize(
    "attributes", [{"status": "handed_over"}, {"undone_at": MORNING}]
)
def test_only_where_the_previous_delivery_was_still_there(staff, workplace, attributes):
    if "undone_at" in attributes:
        attributes = attributes | {"status": UNTOUCHED, "undone_by": UserFactory()}
    delivery = DeliveryFactory(workplace=workplace, **attributes)
    assert staff.get(url(delivery)).status_code == 404


def test_outsider_is_refused(outsider, delivery):
    assert outsider.get(url(delivery)).status_code == 403
