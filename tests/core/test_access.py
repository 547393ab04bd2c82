"""Roles and scopes."""

import importlib
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connection

from agreements.models import Agreement
from core.access import Role, coordinator_of, grant_roles
from core.programs import installed_programs
from tests.agreements.factories import AgreementFactory
from tests.conftest import grant


@pytest.mark.django_db
def test_every_role_is_a_group():
    names = set(Group.objects.values_list("name", flat=True))
    single = {role.value for role in Role} - {Role.COORDINATOR.value}
    coordinators = {
        coordinator_of(program.label)
        for program in installed_programs()
        # Every coordinator may report, none keeps the reports.
        if program.label != "alerts"
    }
    assert single | coordinators <= names


@pytest.mark.django_db
def test_rows_are_invisible_without_the_permission():
    AgreementFactory()
    assert Agreement.objects.visible_to(grant(Role.MANAGER)).exists()
    assert not Agreement.objects.visible_to(grant()).exists()


@pytest.mark.django_db
def test_coordinator_of_one_program_writes_no_other():
    user = grant(coordinator_of("childcare"))
    assert user.has_perm("childcare.add_session")
    assert not user.has_perm("agreements.view_agreement")


@pytest.mark.django_db
def test_unknown_permission_stops_the_migration():
    step = grant_roles({"manager": ["agreements.fly_agreement"]})
    with pytest.raises(LookupError):
        step(apps, SimpleNamespace(connection=connection))


def test_only_migrations_hand_out_rights():
    for program in installed_programs():
        assert importlib.import_module(f"{program.name}.migrations.0002_roles")
