"""A report from the doorstep on a phone that runs no script, and by keyboard alone."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from accounts.models import Workplace
from alerts.models import IncidentReport
from core.access import Role
from municipalities.models import CourseArea, DeliveryCourse, PostalCode
from tests.accounts.factories import WorkplaceFactory
from tests.browser.conftest import DESKTOP, PASSWORD, PHONE
from tests.municipalities.factories import DeskFactory, MunicipalityFactory

TEXT = "呼んでも返事がありません。"


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def browser_context_args(request):
    return {"viewport": request.param, "java_script_enabled": False}


@pytest.fixture
def place(db):
    place = MunicipalityFactory(name="見本市")
    PostalCode.objects.create(code="2730000", municipality=place)
    DeskFactory(municipality=place, phone="000-0000-0000", name="高齢福祉課")
    DeskFactory(municipality=place, phone="000-0000-0001", kind="children")
    return place


@pytest.fixture
def driver(place, sign_in):
    workplace = WorkplaceFactory(kind=Workplace.Kind.DELIVERY_CENTRE)
    course = DeliveryCourse.objects.create(workplace=workplace, code="101")
    for municipality in (place, MunicipalityFactory(name="隣市")):
        CourseArea.objects.create(course=course, municipality=municipality)
    return sign_in(Role.FIELD_STAFF, workplace=workplace)


def send(page, follow):
    follow(page.get_by_role("main").locator(".form-actions button[type=submit]"))


def test_after_a_call_to_119_the_record_notes_it_and_leads_to_a_receipt(
    page, live_server, driver, follow
):
    page.goto(live_server.url)
    follow(page.get_by_role("main").locator("a[href='/alerts/new/']").first)
    expect(page.locator("a[href='tel:119']").first).to_be_visible()
    follow(page.locator("button[name=called][value='119']"))
    assert "called" not in page.url
    expect(page.locator("[name=has_called_119]")).to_be_checked()
    expect(page.locator("[name=emergency_called_at]")).to_have_value(re.compile(r"\d"))
    page.locator("[name=narrative]").fill(TEXT)
    page.locator("[name=postal_code]").fill("２７３－００００")
    follow(page.locator("#find-municipality"))
    expect(page.locator("[name=municipality]")).to_have_value("千葉県見本市")
    expect(page.locator("[name=narrative]")).to_have_value(TEXT)
    expect(page.locator("#desks a[href='tel:00000000000']")).to_be_visible()
    page.locator("[name=person_kind][value=child]").check()
    follow(page.locator("button[name=lookup][value=desks]"))
    first = page.locator("#desks a[href^='tel:']").first
    expect(first).to_have_attribute("href", "tel:00000000001")
    send(page, follow)
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_text("保存しました")).to_have_count(0)
    page.locator("[name=signs]").first.check()
    send(page, follow)
    expect(page.get_by_text("保存しました")).to_be_visible()
    report = IncidentReport.objects.get()
    assert report.narrative == TEXT
    assert report.has_called_119
    assert report.emergency_called_at <= report.received_at
    assert report.person_kind == "child"


def test_course_through_two_municipalities_offers_both(
    page, live_server, driver, follow
):
    page.goto(f"{live_server.url}/alerts/new/?step=form")
    page.locator("[name=narrative]").fill(TEXT)
    page.locator("[name=course]").select_option(label="101")
    follow(page.locator("button[name=lookup][value=course]"))
    follow(page.locator("#found button").filter(has_text="隣市"))
    expect(page.locator("[name=municipality]")).to_have_value("千葉県隣市")
    expect(page.locator("[name=narrative]")).to_have_value(TEXT)


def test_text_outlives_an_expired_sign_in(page, live_server, driver, follow):
    page.goto(f"{live_server.url}/alerts/new/?step=form")
    page.locator("[name=municipality]").fill("見本市")
    page.locator("[name=signs]").first.check()
    page.locator("[name=narrative]").fill(TEXT)
    Session.objects.all().delete()
    send(page, follow)
    expect(page).to_have_url(re.compile("/accounts/login/"))
    page.locator("[name=login]").fill(driver.username)
    page.locator("[name=password]").fill(PASSWORD)
    follow(page.get_by_role("main").locator("button[type=submit]"))
    expect(page.locator("[name=narrative]")).to_have_value(TEXT)
    expect(page.locator("[name=signs]").first).to_be_checked()
    send(page, follow)
    expect(page.get_by_text("保存しました")).to_be_visible()
    assert IncidentReport.objects.get().narrative == TEXT


def test_whole_form_goes_by_keyboard(page, live_server, driver):
    page.goto(f"{live_server.url}/alerts/new/?step=form")
    page.locator("[name=municipality]").fill("見本市")
    page.locator("[name=municipality]").focus()
    names = ["municipality"]
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        name = focused.get_attribute("name") or ""
        if name == "signs" and "signs" not in names:
            page.keyboard.press("Space")
        names.append(name)
        if "btn-primary" in (focused.get_attribute("class") or ""):
            break
    wanted = ["place", "noticed_at", "signs", "narrative", "has_told_office"]
    places = [names.index(name) for name in wanted]
    assert places == sorted(places), "in the order of the page"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text("保存しました")).to_be_visible()
