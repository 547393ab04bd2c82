"""Entering paper slips in the grid."""

import pytest
from django.urls import reverse

from mutualaid.models import Activity
from tests.mutualaid.factories import MemberFactory, TariffFactory

URL = reverse("mutualaid:activity_grid")
ROW = {
    "done_on": "2016/10/3",
    "recipient": "C-1",
    "helper": "C-2",
    "duration_minutes": "90",
    "circumstance": "age",
    "service": "cleaning",
}


@pytest.fixture(autouse=True)
def _people(db):
    TariffFactory()
    MemberFactory(number="C-1")
    MemberFactory(number="C-2")


def sheet(*rows, slips=None, minutes=None):
    data = {
        "form-TOTAL_FORMS": "10",
        "form-INITIAL_FORMS": "0",
        "check-slips": len(rows) if slips is None else slips,
        "check-minutes": 90 * len(rows) if minutes is None else minutes,
    }
    for number, changes in enumerate(rows):
        row = ROW | {"slip_number": f"S{number}"} | changes
        data |= {f"form-{number}-{name}": value for name, value in row.items()}
    return data


def test_coordinator_saves_a_sheet_and_manager_may_not(coordinator, manager):
    assert coordinator.get(URL).status_code == 200
    assert coordinator.post(URL, sheet({}, {})).status_code == 302
    assert Activity.objects.count() == 2
    assert manager.get(URL).status_code == 403


@pytest.mark.parametrize(
    ("totals", "field"),
    [
        ({"slips": 3}, "slips"),
        ({"minutes": 179}, "minutes"),
        ({"minutes": ""}, "minutes"),
    ],
)
def test_nothing_is_saved_unless_the_check_totals_agree(coordinator, totals, field):
    page = coordinator.post(URL, sheet({}, {}, **totals))
    assert list(page.context["totals"].errors) == [field]
    assert not Activity.objects.exists()


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"helper": "C-9"}, "helper"),
        ({"helper": "C-1"}, "helper"),
        ({"done_on": "5/4/30"}, "done_on"),
        ({"duration_minutes": "1_0"}, "duration_minutes"),
        ({"slip_number": ""}, "slip_number"),
        ({"slip_number": "S0"}, "slip_number"),
    ],
)
def test_one_wrong_row_saves_none_and_is_named(coordinator, changes, column):
    page = coordinator.post(URL, sheet({}, changes))
    (error,) = page.context["located_errors"]
    label = str(page.context["slips"][1][column].label)
    assert (error.row, error.column) == (2, label)
    assert error.field_id in page.text
    assert not Activity.objects.exists()


def test_slip_recorded_before_is_named(coordinator):
    coordinator.post(URL, sheet({}))
    page = coordinator.post(URL, sheet({}))
    assert [error.row for error in page.context["located_errors"]] == [1]
    assert Activity.objects.count() == 1


def test_empty_sheet_is_refused(coordinator):
    page = coordinator.post(URL, sheet())
    assert page.context["totals"].non_field_errors()


def test_sheet_without_its_management_form_is_refused(coordinator):
    page = coordinator.post(URL, {"check-slips": "0", "check-minutes": "0"})
    assert page.status_code == 200
    assert page.context["slips"].non_form_errors()
