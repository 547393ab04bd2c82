"""The invented desks and delivery courses of the demo."""

import datetime as dt

import pytest
from django.core.management import call_command

from accounts.models import Workplace
from core.hours import Hours
from municipalities.demo import load
from municipalities.models import DeliveryCourse, Desk
from tests.accounts.factories import WorkplaceFactory


@pytest.fixture(scope="module")
def loaded(module_db):
    call_command("import_municipalities", service_area="11,12,13", verbosity=0)
    WorkplaceFactory(kind=Workplace.Kind.STORE)
    WorkplaceFactory.create_batch(2)
    load(today=dt.date(2026, 11, 23), users={}, progress=lambda _label, steps: steps)


@pytest.fixture
def desks(loaded, db):
    return Desk.objects.all()


def test_every_municipality_of_the_area_has_its_desk(desks):
    assert desks.filter(kind=Desk.Kind.MUNICIPAL).count() == 170
    assert desks.filter(kind=Desk.Kind.COMMUNITY_SUPPORT).count() == 57
    assert desks.filter(kind=Desk.Kind.CHILDREN).count() == 17
    assert desks.filter(kind=Desk.Kind.DISABILITY).count() == 12
    assert not desks.filter(municipality__is_in_service_area=False).exists()


def test_numbers_are_invented_and_some_desks_are_due(desks):
    assert all(desk.phone.startswith("000-0000-") for desk in desks)
    assert len({desk.phone for desk in desks}) == desks.count()
    due = desks.due_for_verification(dt.date(2026, 11, 23))
    assert 0 < due.filter(verified_on__isnull=True).count() < due.count() < 80


def test_all_hours_can_be_read_and_some_desks_have_a_stand_in(desks):
    for desk in desks:
        Hours.parse(desk.opening_hours)
    standing_in = desks.filter(fallback__isnull=False)
    assert standing_in.count() == 4
    assert all(d.fallback.municipality == d.municipality for d in standing_in)


def test_every_delivery_centre_has_courses_with_areas_that_desks_name(desks):
    courses = DeliveryCourse.objects.all()
    assert courses.count() == 10
    assert courses.values("workplace").distinct().count() == 2
    for course in courses:
        named, *whole = course.areas.order_by("-sub_area")
        assert len(whole) == 2
        assert desks.filter(
            municipality=named.municipality, sub_area=named.sub_area
        ).exists()
