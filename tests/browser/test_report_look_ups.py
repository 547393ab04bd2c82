"""Looking up the desk while the form is filled in changes nothing that was typed."""

import pytest
from playwright.sync_api import expect

from accounts.models import Workplace
from core.access import Role
from municipalities.models import CourseArea, DeliveryCourse, PostalCode
from tests.accounts.factories import WorkplaceFactory
from tests.municipalities.factories import DeskFactory, MunicipalityFactory

TEXT = "呼んでも返事がありません。"


@pytest.fixture
def driver(sign_in):
    workplace = WorkplaceFactory(kind=Workplace.Kind.DELIVERY_CENTRE)
    course = DeliveryCourse.objects.create(workplace=workplace, code="101")
    for name, code in (("見本市", "2730000"), ("隣市", "2740000")):
        place = MunicipalityFactory(name=name)
        PostalCode.objects.create(code=code, municipality=place)
        CourseArea.objects.create(course=course, municipality=place)
        DeskFactory(municipality=place, name=f"{name}役所")
        DeskFactory(municipality=place, name=f"{name}児童課", kind="children")
    return sign_in(Role.FIELD_STAFF, workplace=workplace)


def test_look_ups_fill_in_the_municipality_and_keep_what_is_typed(
    page, live_server, driver, check_accessibility
):
    page.goto(f"{live_server.url}/alerts/new/?step=form")
    municipality = page.locator("[name=municipality]")
    desks = page.locator("#desks")
    page.locator("[name=narrative]").fill(TEXT)
    page.locator("[name=course]").select_option(label="101")
    # Typed while the answer is under way, and after it.
    page.locator("[name=place]").fill("架空町1-2-3")
    page.locator("#found button").filter(has_text="隣市").click()
    expect(municipality).to_have_value("千葉県隣市")
    expect(desks).to_contain_text("隣市役所")
    check_accessibility()

    page.locator("[name=person_kind][value=child]").check()
    expect(desks.locator(".desk-name").first).to_contain_text("隣市児童課")

    page.locator("[name=postal_code]").fill("2730000")
    page.locator("#find-municipality").click()
    expect(municipality).to_have_value("千葉県見本市")
    expect(desks).to_contain_text("見本市児童課")
    expect(page.locator("[name=narrative]")).to_have_value(TEXT)
    expect(page.locator("[name=place]")).to_have_value("架空町1-2-3")

    # The person decides.
    municipality.fill("隣市")
    municipality.blur()
    expect(desks).to_contain_text("隣市児童課")
    expect(municipality).to_have_value("隣市")


def test_stop_screen_and_form_read_well(page, live_server, driver, check_accessibility):
    page.goto(f"{live_server.url}/alerts/new/")
    check_accessibility()
    page.goto(f"{live_server.url}/alerts/new/?step=form")
    page.locator("label[for=id_has_called_119]").click()
    expect(page.locator("[name=emergency_called_at]")).to_be_visible()
    page.locator(".fold summary").last.click()
    check_accessibility()
    targets = page.get_by_role("main").locator(
        "button, a.btn, .stop-reminder a, input:not([type=hidden]):not([type=radio])"
        ":not([type=checkbox]), select, .checklist label, .inline-choices label"
    )
    for target in targets.all():
        box = target.bounding_box()
        assert box is None or box["height"] >= 44, target.inner_html()
