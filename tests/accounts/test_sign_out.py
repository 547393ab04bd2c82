"""Signing out has the browser forget what it kept."""

import pytest
from django.urls import reverse

LOGOUT = reverse("account_logout")


def test_sign_out_empties_the_browsers_store(staff):
    answer = staff.post(LOGOUT)
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_what_another_person_left_stays_when_the_script_says_so(staff):
    answer = staff.post(LOGOUT, {"stays": "others"})
    assert answer.headers["Clear-Site-Data"] == '"cache"'


def test_being_asked_empties_nothing(staff):
    page = staff.get(LOGOUT)
    assert "Clear-Site-Data" not in page.headers
    assert "data-sign-out" in page.text


@pytest.mark.parametrize("method", ["get", "post"])
def test_administration_signs_out_on_the_same_page(administrator, method):
    answer = getattr(administrator, method)(reverse("admin:logout"))
    assert answer.url == LOGOUT
    assert "_auth_user_id" in administrator.session
