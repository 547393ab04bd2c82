"""The invented desks of the demo."""

import datetime as dt

import pytest
from django.core.management import call_command

from municipalities.demo import load
from municipalities.models import Desk


@pytest.fixture
def desks(db):
    call_command("import_municipalities", service_area="11,12,13", verbosity=0)
    load(today=dt.date(2026, 11, 23), users={}, progress=lambda _label, steps: steps)
    return Desk.objects.all()


def test_every_municipality_of_the_area_has_its_desk(desks):
    assert desks.filter(kind=Desk.Kind.MUNICIPAL).count() == 170
    assert desks.filter(kind=Desk.Kind.COMMUNITY_SUPPORT).count() == 57
    assert not desks.filter(municipality__is_in_service_area=False).exists()


def test_numbers_are_invented_and_some_desks_are_due(desks):
    assert all(desk.phone.startswith("000-0000-") for desk in desks)
    due = desks.due_for_verification(dt.date(2026, 11, 23))
    assert 0 < due.filter(verified_on__isnull=True).count() < due.count() < 80
