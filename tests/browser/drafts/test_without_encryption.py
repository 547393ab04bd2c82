"""Without a secure connection, or without the device's store, the form still works."""

import re

from playwright.sync_api import expect

from alerts.models import IncidentReport

from .conftest import CANARY

RECEIPT = re.compile(r"/alerts/\d+/receipt/")


def fill_in(page, form_url):
    page.goto(form_url)
    page.locator("[name=municipality]").fill("見本市")
    page.get_by_label("新聞・郵便物がたまっている").check()
    page.locator("[name=narrative]").fill(CANARY)


def test_plain_form_says_so_and_is_sent_once(
    page, staff, says, kept, badge, sign_out, form_url
):
    page.add_init_script(
        "Object.defineProperty(crypto, 'subtle', { value: undefined })"
    )
    fill_in(page, form_url)
    says("plain")
    badge(0)
    assert CANARY not in kept()
    page.locator("form[data-once] .form-actions .btn-primary").dblclick()
    page.wait_for_url(RECEIPT)
    assert IncidentReport.objects.count() == 1
    with page.expect_navigation():
        sign_out()
    page.wait_for_url("**/accounts/login/")


def test_full_device_says_so_and_the_form_is_sent(page, staff, says, form_url):
    page.add_init_script(
        "IDBObjectStore.prototype.put = () => { throw new DOMException('', 'Quota'); }"
    )
    fill_in(page, form_url)
    says("full")
    page.locator("form[data-once] .form-actions .btn-primary").click()
    page.wait_for_url(RECEIPT)
    assert IncidentReport.objects.get().narrative == CANARY


def test_old_drafts_are_deleted_on_the_sign_in_page(
    page, live_server, staff, write, badge, kept
):
    page.clock.install()
    write()
    badge(1)
    page.context.clear_cookies()
    page.goto(f"{live_server.url}/accounts/login/")
    assert "extractable false" in kept()
    page.clock.fast_forward("12:01:00")
    page.goto(f"{live_server.url}/accounts/login/")
    expect(page.locator("[name=login]")).to_be_visible()
    page.wait_for_timeout(300)
    assert "extractable" not in kept()
