"""The server's half of drafts on the device: who they belong to, half of the key."""

import re

import pytest
from django.urls import reverse

from alerts.drafts import keeper_of
from tests.accounts.factories import UserFactory

HALF = re.compile('data-half="([0-9a-f]{64})"')
PERSON = re.compile('data-person="([0-9a-f]{32})"')


def test_every_person_has_another_half_and_always_the_same(db):
    first, second = UserFactory(), UserFactory()
    assert keeper_of(first) == keeper_of(first)
    assert keeper_of(first).half != keeper_of(second).half
    assert keeper_of(first).person != keeper_of(second).person


def test_half_does_not_follow_from_what_the_device_keeps(db, settings):
    user = UserFactory()
    keeper = keeper_of(user)
    assert not keeper.half.startswith(keeper.person)
    settings.SECRET_KEY = "another"
    assert keeper_of(user).half != keeper.half


@pytest.mark.parametrize("address", ["home", "alerts:report_create"])
def test_pages_carry_the_half_of_whoever_is_signed_in(staff, other_staff, address):
    pages = [client.get(reverse(address)) for client in (staff, other_staff)]
    halves = [HALF.search(page.text)[1] for page in pages]
    assert halves == [keeper_of(c.user).half for c in (staff, other_staff)]
    assert all(page.headers["Cache-Control"] == "no-store" for page in pages)


def test_token_and_page_name_the_same_person(staff):
    page = staff.get(reverse("home"))
    token = staff.get(reverse("alerts:report_token")).json()
    assert token["person"] == PERSON.search(page.text)[1]


def test_only_people_who_may_report_get_script_and_half(administrator, client, db):
    page = administrator.get(reverse("home"))
    assert "drafts.js" not in page.text
    assert not HALF.search(page.text)
    # The sign-in page only deletes what is too old.
    page = client.get(reverse("account_login"))
    assert "drafts.js" in page.text
    assert not HALF.search(page.text)
