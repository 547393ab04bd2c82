"""Recording a visit."""

import pytest
from django.urls import reverse

from agreements.models import Visit
from tests.municipalities.factories import MunicipalityFactory

URL = reverse("agreements:visit_create")


def visit_data(**changes):
    return {
        "municipality": "見本市",
        "state": "held",
        "visited_on": "H29.3.20",
        "met_head": "on",
        "their_attendance": "市長",
        "our_attendance": "理事長",
    } | changes


@pytest.fixture
def place(db):
    return MunicipalityFactory(name="見本市")


def test_coordinator_records_a_visit_and_manager_may_not(coordinator, manager, place):
    assert coordinator.post(URL, visit_data()).status_code == 302
    visit = Visit.objects.get()
    assert (visit.municipality, visit.fiscal_year) == (place, 2016)
    assert manager.post(URL, visit_data()).status_code == 403


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"visited_on": "2099/1/1"}, "visited_on"),
        ({"visited_on": "5/4/30"}, "visited_on"),
        ({"municipality": "999999"}, "municipality"),
        ({"their_attendance": ""}, "their_attendance"),
    ],
)
def test_bad_input_is_explained_beside_its_field(coordinator, place, changes, field):
    page = coordinator.post(URL, visit_data(**changes))
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert not Visit.objects.exists()


def test_same_visit_is_not_recorded_twice(coordinator, place):
    coordinator.post(URL, visit_data())
    page = coordinator.post(URL, visit_data())
    assert page.context["form"].errors
    assert Visit.objects.count() == 1


def test_rule_about_the_whole_row_is_explained_beside_the_field_to_correct(
    coordinator, place
):
    data = {
        "municipality": "見本市",
        "kind": "watch",
        "signed_on": "2016/4/1",
        "in_force_from": "2016/4/1",
        "in_force_until": "2016/3/31",
        "department": "高齢福祉課",
    }
    page = coordinator.post(reverse("agreements:agreement_create"), data)
    assert list(page.context["form"].errors) == ["in_force_until"]
