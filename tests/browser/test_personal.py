"""Revealing personal data in place, and without JavaScript; photos from a phone."""

import io

import pytest
from django.urls import reverse
from PIL import Image

from alerts.models import Photo
from core.access import Role
from tests.accounts.factories import WorkplaceFactory
from tests.alerts.factories import FollowUpFactory, IncidentReportFactory


@pytest.fixture
def report():
    row = IncidentReportFactory(is_passed_on=True, workplace=WorkplaceFactory())
    FollowUpFactory(report=row)
    return row


def picture():
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "green").save(out, "JPEG")
    return {"name": "見本.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def test_data_is_revealed_in_place_and_hidden_after_a_reload(
    page, live_server, sign_in, report, check_accessibility
):
    sign_in(Role.DUTY_OFFICER)
    page.goto(live_server.url + report.get_absolute_url())
    check_accessibility()
    assert not page.get_by_text(report.person_name).count()
    page.locator("summary").filter(has_text="経過を追加").click()
    typed = page.locator("#follow_up_text")
    typed.fill("書きかけの文章")
    section = page.locator("#personal")
    section.get_by_role("combobox").first.select_option("contact")
    section.locator("form button").first.click()
    page.get_by_text(report.person_name).wait_for()
    # The texts of the history came along, and what was typed beside it stayed.
    assert page.get_by_text("家族と連絡がつきました。").is_visible()
    assert typed.input_value() == "書きかけの文章"
    assert page.evaluate("document.activeElement.id") == "person"
    check_accessibility()
    page.reload()
    assert not page.get_by_text(report.person_name).count()


def test_browser_keeps_no_copy_of_what_was_revealed(
    page, live_server, sign_in, report, follow
):
    sign_in(Role.DUTY_OFFICER)
    page.goto(live_server.url + report.get_absolute_url())
    page.locator("#personal").get_by_role("combobox").first.select_option("contact")
    page.locator("#personal form button").first.click()
    page.get_by_text(report.person_name).wait_for()
    page.goto(live_server.url + reverse("alerts:report_list"))
    kept = page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert report.person_name not in kept
    page.go_back()
    page.wait_for_load_state()
    assert not page.get_by_text(report.person_name).count()


def test_photos_are_added_shown_and_read_without_javascript(
    browser, live_server, sign_in, page, report
):
    sign_in(Role.DUTY_OFFICER, workplace=report.workplace)
    context = browser.new_context(
        java_script_enabled=False,
        locale="en-US",
        storage_state=page.context.storage_state(),
    )
    plain = context.new_page()
    plain.goto(live_server.url + report.get_absolute_url())
    plain.locator("#personal summary").last.click()
    plain.locator("#photos-chosen").set_input_files([picture()])
    plain.locator(".photo-add button").click()
    plain.wait_for_load_state()
    assert Photo.objects.count() == 1
    plain.locator("#personal form button").first.click()
    plain.wait_for_load_state()
    image = plain.locator("#personal img")
    image.scroll_into_view_if_needed()
    assert plain.get_by_text(report.person_name).is_visible()
    assert (
        image.evaluate("async i => { await i.decode(); return i.naturalWidth }") == 300
    )
    context.close()
