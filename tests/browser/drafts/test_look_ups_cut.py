"""Look-ups of the form in a dead zone, and after the sign-in has expired."""

import pytest
from playwright.sync_api import expect

from core.access import Role
from tests.accounts.factories import WorkplaceFactory
from tests.municipalities.factories import DeskFactory, MunicipalityFactory

TEXT = "呼んでも返事がありません。"


@pytest.fixture
def page(context):
    """A page that may complain of lost look-ups, as htmx does on the console."""
    return context.new_page()


@pytest.fixture
def driver(sign_in):
    for name in ("見本市", "隣市"):
        place = MunicipalityFactory(name=name)
        DeskFactory(municipality=place, name=f"{name}役所")
        DeskFactory(municipality=place, name=f"{name}児童課", kind="children")
    return sign_in(Role.FIELD_STAFF, workplace=WorkplaceFactory())


def test_desks_of_another_municipality_do_not_stay_when_the_connection_is_cut(
    page, context, form_url, driver
):
    page.goto(form_url)
    municipality, desks = page.locator("[name=municipality]"), page.locator("#desks")
    municipality.fill("見本市")
    municipality.blur()
    expect(desks).to_contain_text("見本市役所")
    context.set_offline(True)
    municipality.fill("隣市")
    municipality.blur()
    found = page.locator("#found")
    expect(found).to_have_text(found.get_attribute("data-unreachable"))
    expect(desks).to_be_empty()
    context.set_offline(False)
    page.locator("[name=person_kind][value=child]").check()
    expect(desks).to_contain_text("隣市児童課")
    expect(found).to_be_empty()


def test_hint_that_is_asked_for_by_itself_tears_nobody_from_the_form(
    page, context, form_url, driver
):
    page.goto(form_url)
    page.wait_for_url("**#draft=*")
    context.clear_cookies(name="sessionid")
    with page.expect_response("**/alerts/similar/") as answer:
        page.locator("[name=place]").fill("架空町1-2-3")
        page.locator("[name=place]").blur()
    assert answer.value.status == 204
    page.locator("[name=narrative]").fill(TEXT)
    expect(page.locator("[name=narrative]")).to_have_value(TEXT)
    assert "/alerts/new/" in page.url
