"""Taking a slip back."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from mutualaid.models import Activity
from mutualaid.services import reversal_day, reverse_activity
from tests.mutualaid.factories import ActivityFactory

DATA = {"done_on": "2016/10/3", "reason": "日付の誤り"}


def url_of(slip):
    return reverse("mutualaid:activity_reverse", args=[slip.pk])


def test_coordinator_reverses_a_slip_and_manager_may_not(coordinator, manager):
    slip = ActivityFactory()
    assert manager.get(url_of(slip)).status_code == 403
    assert coordinator.get(url_of(slip)).status_code == 200
    assert not Activity.objects.filter(kind="reversal").exists()
    coordinator.post(url_of(slip), DATA)
    reversal = Activity.objects.get(reverses=slip)
    assert (reversal.duration_minutes, reversal.fee_jpy) == (-90, -1200)
    assert reversal.slip_number == slip.slip_number
    assert "日付の誤り" in coordinator.get(reversal.get_absolute_url()).text


def test_slip_is_reversed_once_and_a_reversal_never(coordinator):
    slip = ActivityFactory()
    coordinator.post(url_of(slip), DATA)
    coordinator.post(url_of(slip), DATA)
    coordinator.post(url_of(Activity.objects.get(reverses=slip)), DATA)
    assert Activity.objects.count() == 2
    with pytest.raises(ValidationError):
        reverse_activity(activity=slip, done_on=slip.done_on, reason="x")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"done_on": "2016/10/2"}, "done_on"),
        ({"done_on": "2099/1/1"}, "done_on"),
        ({"reason": ""}, "reason"),
    ],
)
def test_bad_input_is_explained_beside_its_field(coordinator, changes, field):
    page = coordinator.post(url_of(ActivityFactory()), DATA | changes)
    assert list(page.context["form"].errors) == [field]
    assert Activity.objects.count() == 1


@pytest.mark.django_db
def test_slip_of_a_past_year_is_reversed_today():
    slip = ActivityFactory()
    slip.refresh_from_db()
    assert reversal_day(slip) > dt.date(2017, 3, 20)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"duration_minutes": 0},
        {"duration_minutes": -90},
        {"office_jpy": 151},
        {"kind": "reversal"},
        {"travel_jpy": -1},
    ],
)
def test_database_refuses_a_slip_that_breaks_the_rules(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        ActivityFactory(**wrong)


@pytest.mark.django_db
def test_database_refuses_to_help_oneself():
    slip = ActivityFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        ActivityFactory(recipient=slip.helper, helper=slip.helper)
