"""What was typed outlives an expired sign-in, for the same person and no other."""

import pytest
from django.contrib.sessions.models import Session
from django.core import signing
from django.test import Client
from django.urls import reverse

from alerts import kept_forms
from alerts.drafts import keeper_of
from alerts.models import IncidentReport
from core.access import Role
from tests.alerts.test_report_form import URL, typed
from tests.conftest import grant
from tests.municipalities.factories import MunicipalityFactory

PASSWORD = "見本-password-1"
TEXT = "新聞がたまっています。"
JSON = {"Accept": "application/json"}
LOGIN = "/accounts/login/"


@pytest.fixture
def place(db):
    return MunicipalityFactory(name="見本市")


@pytest.fixture
def driver(workplace):
    return person(workplace)


def person(workplace):
    user = grant(Role.FIELD_STAFF, workplace=workplace)
    user.set_password(PASSWORD)
    user.save()
    return user


def form_of(user, **changes):
    return typed(shown_to=kept_forms.mark_for(user), **changes)


def enter(client, user, address=LOGIN):
    data = {"login": user.username, "password": PASSWORD}
    return client.post(address, data, follow=True)


def test_form_carries_the_mark_of_whom_it_was_shown_to(staff):
    page = staff.get(URL, {"step": "form"})
    assert signing.loads(page.context["mark"], salt=kept_forms.SALT) == staff.user.pk
    assert f'name="shown_to" value="{page.context["mark"]}"' in page.text


def test_same_person_signs_in_again_and_finds_what_they_typed(place, driver):
    client = Client()
    answer = client.post(URL, form_of(driver, person_name="見本 花子"))
    assert answer.status_code == 302
    assert answer.url.startswith(LOGIN)
    page = enter(client, driver, answer.url)
    assert page.context["notice"] == "kept"
    for text in (TEXT, "見本 花子", "架空町1-2-3", typed()["client_key"]):
        assert text in page.text
    assert "field-error" not in page.text
    assert not IncidentReport.objects.exists()


def test_address_and_message_hold_nothing_typed(place, driver):
    client = Client()
    answer = client.post(URL, form_of(driver, person_name="見本 花子"))
    sign_in_page = client.get(answer.url)
    for text in (TEXT, "見本 花子", "架空町", "%E6%96%B0"):
        assert text not in answer.url
        assert text not in sign_in_page.text
    assert len(list(sign_in_page.context["messages"])) == 1


def test_what_was_kept_goes_once_it_has_arrived(place, driver):
    client = Client()
    answer = client.post(URL, form_of(driver))
    enter(client, driver, answer.url)
    client.post(URL, form_of(driver))
    assert IncidentReport.objects.get().narrative == TEXT
    assert not client.session[kept_forms.SESSION_KEY]


def test_another_person_who_signs_in_gets_nothing_and_it_is_thrown_away(
    place, driver, workplace
):
    client = Client()
    answer = client.post(URL, form_of(driver))
    page = enter(client, person(workplace), answer.url)
    assert TEXT not in page.text
    assert page.context.get("notice") is None
    assert not client.session[kept_forms.SESSION_KEY]
    stored = [session.get_decoded() for session in Session.objects.all()]
    assert TEXT not in str(stored)


@pytest.mark.parametrize("mark", ["", "x", "1:2:3"])
def test_nothing_is_kept_without_a_good_mark(place, mark):
    client = Client()
    answer = client.post(URL, typed(shown_to=mark))
    assert answer.url.startswith(LOGIN)
    assert "kept" not in answer.url
    assert kept_forms.SESSION_KEY not in client.session


def test_what_is_kept_is_bounded_in_size_and_number(place, driver):
    client = Client()
    client.post(URL, form_of(driver, narrative="あ" * kept_forms.MAX_CHARACTERS))
    assert kept_forms.SESSION_KEY not in client.session
    for number in range(kept_forms.MAX_KEPT + 2):
        client.post(URL, form_of(driver, narrative=f"第{number}"))
    kept = client.session[kept_forms.SESSION_KEY]
    texts = [entry["typed"]["narrative"] for entry in kept.values()]
    assert texts == [["第2"], ["第3"], ["第4"]]


def test_longest_report_fits(place, driver):
    client = Client()
    answer = client.post(URL, form_of(driver, narrative="あ" * 4000))
    assert "あ" * 4000 in enter(client, driver, answer.url).text


def test_script_that_is_not_signed_in_learns_where_to_sign_in(place, driver):
    client = Client()
    answer = client.post(URL, form_of(driver), headers=JSON)
    assert answer.status_code == 401
    assert answer.json() == {"login": f"{LOGIN}?next=/alerts/new/%3Fstep%3Dform"}
    assert kept_forms.SESSION_KEY not in client.session


@pytest.fixture
def strict(driver):
    """A client that checks tokens, signed in as the driver, with the cookie of now."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(driver)
    client.get(URL, {"step": "form"})
    return client


def test_stale_token_shows_the_form_of_the_same_person_again(strict, place, driver):
    page = strict.post(URL, form_of(driver))
    assert page.status_code == 403
    assert page.context["notice"] == "send_again"
    assert TEXT in page.text
    assert not IncidentReport.objects.exists()
    token = page.context["csrf_token"]
    strict.post(URL, form_of(driver, csrfmiddlewaretoken=str(token)))
    assert IncidentReport.objects.get().narrative == TEXT


def test_forged_form_without_the_mark_is_refused_and_not_shown(
    strict, place, workplace
):
    for data in (typed(), typed(shown_to="x"), form_of(person(workplace))):
        page = strict.post(URL, data)
        assert page.status_code == 403
        assert TEXT not in page.text
    assert not IncidentReport.objects.exists()


def test_stale_token_of_somebody_no_longer_signed_in_keeps_the_text(place, driver):
    client = Client(enforce_csrf_checks=True)
    answer = client.post(URL, form_of(driver))
    assert "kept" in answer.url
    assert Client(enforce_csrf_checks=True).post(URL, typed()).status_code == 403


def test_script_with_a_stale_token_is_told_so(strict, place, driver):
    answer = strict.post(URL, form_of(driver), headers=JSON)
    assert (answer.status_code, answer.json()) == (403, {"csrf": True})


def test_form_shown_to_another_person_is_refused_and_not_shown(staff, place, workplace):
    data = form_of(person(workplace))
    page = staff.post(URL, data)
    assert page.status_code == 403
    assert TEXT not in page.text
    answer = staff.post(URL, data, headers=JSON)
    assert (answer.status_code, answer.json()) == (403, {"another": True})
    assert not IncidentReport.objects.exists()


def test_page_that_was_open_too_long_elsewhere_says_how_to_go_on(strict):
    page = strict.post(reverse("account_logout"))
    assert page.status_code == 403
    assert page.templates[0].name == "403_csrf.html"


def test_token_page_gives_a_token_that_the_form_takes(strict, place, driver, outsider):
    url = reverse("alerts:report_token")
    answer = strict.get(url).json()
    assert answer["person"] == keeper_of(driver).person
    assert str(driver.pk) != answer["person"]
    headers = JSON | {"X-CSRFToken": answer["csrf"]}
    assert strict.post(URL, form_of(driver), headers=headers).status_code == 201
    assert outsider.get(url).status_code == 403
    assert Client().get(url).status_code == 401


def test_key_in_the_session_of_another_person_gives_nothing(staff, place, driver):
    session = staff.session
    session[kept_forms.SESSION_KEY] = {
        "k": {"person": driver.pk, "typed": {"narrative": [TEXT]}}
    }
    session.save()
    page = staff.get(URL, {"step": "form", "kept": "k"})
    assert TEXT not in page.text
