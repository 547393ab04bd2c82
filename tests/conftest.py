"""The cast and the settings that every test shares."""

import os

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from core.access import Role, coordinator_of
from core.programs import installed_programs
from tests.accounts.factories import UserFactory, WorkplaceFactory

# Playwright runs an event loop in the thread of the test.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(autouse=True)
def _plain_settings(settings, tmp_path):
    """Run with plain static files, a fast password hasher and files in a folder."""
    settings.STORAGES = {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        },
    }
    settings.STATIC_ROOT = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def sign_in(*group_names, **attributes):
    """Return a client signed in as a new user with the groups."""
    user = UserFactory(**attributes)
    user.groups.set(Group.objects.filter(name__in=group_names))
    client = Client()
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def workplace(db):
    return WorkplaceFactory()


@pytest.fixture
def staff(workplace):
    """Field staff of `workplace`."""
    return sign_in(Role.FIELD_STAFF, workplace=workplace)


@pytest.fixture
def other_staff(db):
    """Field staff of another workplace."""
    return sign_in(Role.FIELD_STAFF, workplace=WorkplaceFactory())


@pytest.fixture
def officer(workplace):
    return sign_in(Role.DUTY_OFFICER, workplace=workplace)


@pytest.fixture
def coordinator(workplace):
    """A coordinator of all programs."""
    groups = [coordinator_of(program.label) for program in installed_programs()]
    return sign_in(*groups, workplace=workplace)


@pytest.fixture
def manager(workplace):
    return sign_in(Role.MANAGER, workplace=workplace)


@pytest.fixture
def administrator(db):
    return sign_in(Role.ADMINISTRATOR, is_staff=True)


@pytest.fixture
def outsider(db):
    """Signed in, without any role."""
    return sign_in()
