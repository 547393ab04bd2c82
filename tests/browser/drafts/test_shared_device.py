"""Two people, one device: nothing of one is shown to, or left for, the other."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import expect

from alerts.drafts import keeper_of
from alerts.models import IncidentReport
from core.access import Role
from tests.accounts.factories import WorkplaceFactory
from tests.browser.conftest import PASSWORD
from tests.conftest import grant

from .conftest import CANARY


@pytest.fixture
def colleague(staff):
    user = grant(Role.FIELD_STAFF, workplace=WorkplaceFactory())
    user.set_password(PASSWORD)
    user.save()
    return user


def test_next_person_sees_nothing_and_the_first_gets_it_back(
    page, staff, colleague, write, badge, kept, sign_in_again, sign_out, form_url
):
    write()
    badge(1)
    Session.objects.all().delete()
    sign_in_again(colleague)
    badge(0)
    page.goto(form_url)
    page.wait_for_url("**#draft=*")
    expect(page.locator("[name=narrative]")).to_have_value("")
    expect(page.locator(".draft-line[data-part=restored]")).to_have_count(0)
    assert CANARY not in kept()
    # Nothing unsent of this person's, so nothing is asked.
    with page.expect_navigation():
        sign_out()
    assert CANARY not in kept()
    sign_in_again(staff)
    badge(1)
    page.goto(form_url)
    expect(page.locator("[name=narrative]")).to_have_value(CANARY)


# What somebody at the developer tools can do who knows how drafts are encrypted.
DECRYPT = """async (half) => {
  const db = await new Promise((done) => {
    const asked = indexedDB.open("tsunagari");
    asked.onsuccess = () => done(asked.result);
  });
  const [{ id, person, key, iv, data }] = await new Promise((done) => {
    const asked = db.transaction("drafts").objectStore("drafts").getAll();
    asked.onsuccess = () => done(asked.result);
  });
  const text = new TextEncoder();
  const salt = Uint8Array.from(half.match(/../g), (pair) => parseInt(pair, 16));
  const info = text.encode("draft of a report");
  const derived = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt, info },
    key,
    { name: "AES-GCM", length: 256 },
    false,
    ["decrypt"],
  );
  const additionalData = text.encode(person + id);
  try {
    const how = { name: "AES-GCM", iv, additionalData };
    return new TextDecoder().decode(await crypto.subtle.decrypt(how, derived, data));
  } catch (error) {
    return error.name;
  }
}"""


def test_next_person_cannot_read_it_with_the_developer_tools(
    page, staff, colleague, write, badge, sign_in_again
):
    write()
    badge(1)
    Session.objects.all().delete()
    sign_in_again(colleague)
    own_half = page.locator("[data-half]").get_attribute("data-half")
    assert own_half == keeper_of(colleague).half
    for guess in (own_half, "00" * 32):
        assert page.evaluate(DECRYPT, guess) == "OperationError"
    # The half that is missing lies with the server alone.
    assert CANARY in page.evaluate(DECRYPT, keeper_of(staff).half)


def test_what_waits_is_never_sent_in_the_name_of_the_next_person(
    page, context, live_server, staff, colleague, write, send, says
):
    write()
    context.set_offline(True)
    send()
    says("later")
    Session.objects.all().delete()
    context.set_offline(False)
    says("login")
    # The form still stands in its tab while the next person signs in in another.
    other = context.new_page()
    other.goto(f"{live_server.url}/accounts/login/")
    other.locator("[name=login]").fill(colleague.username)
    other.locator("[name=password]").fill(PASSWORD)
    other.locator("main [type=submit]").click()
    other.wait_for_url(f"{live_server.url}/")
    # The form leaves the screen, and nothing is sent by the page that comes instead.
    page.wait_for_url(f"{live_server.url}/")
    expect(page.locator(".account-name")).to_have_text(str(colleague))
    page.wait_for_timeout(500)
    assert not IncidentReport.objects.exists()


def test_page_of_before_does_not_send_after_somebody_else_signed_in(
    page, context, staff, colleague, write, send, says
):
    write()
    Session.objects.all().delete()
    browser = Client()
    browser.force_login(colleague)
    cookie = {"name": "sessionid", "value": browser.cookies["sessionid"].value}
    context.add_cookies([cookie | {"url": page.url}])
    send()
    says("login")
    assert not IncidentReport.objects.exists()


def test_signing_out_with_something_unsent_asks_first(
    page, staff, write, badge, kept, sign_out, check_accessibility
):
    write()
    badge(1)
    sign_out()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1")
    check_accessibility()
    dialog.locator("[data-no]").click()
    badge(1)
    sign_out()
    with page.expect_navigation():
        dialog.locator("[data-yes]").click()
    page.wait_for_url("**/accounts/login/")
    left = kept()
    assert "key," not in left
    assert "drafts:" not in left
    assert CANARY not in left


def test_signing_out_may_send_first(
    page, context, staff, write, send, says, sign_out, badge
):
    write()
    context.set_offline(True)
    send()
    says("later")
    sign_out()
    dialog = page.get_by_role("dialog")
    dialog.locator("[data-send]").click()
    expect(dialog.locator("[data-words]")).to_contain_text("1")
    assert not IncidentReport.objects.exists()
    dialog.locator("[data-no]").click()
    # Elsewhere than on the form, which would go on to the receipt.
    context.set_offline(False)
    page.wait_for_url("**/receipt/")
    assert IncidentReport.objects.count() == 1


def test_draft_that_is_being_written_can_be_sent_while_signing_out(
    page, live_server, staff, write, badge, sign_out
):
    write()
    badge(1)
    page.goto(live_server.url)
    badge(1)
    sign_out()
    dialog = page.get_by_role("dialog")
    dialog.locator("[data-send]").click()
    expect(dialog.locator("[data-send]")).to_be_hidden()
    assert IncidentReport.objects.get().narrative == CANARY
    with page.expect_navigation():
        dialog.locator("[data-yes]").click()
    page.wait_for_url("**/accounts/login/")


def test_other_tabs_leave_the_form_at_sign_out(page, context, staff, write, badge):
    write()
    badge(1)
    other = context.new_page()
    other.goto(page.url.split("/alerts/")[0])
    other.locator(".account-menu summary").click()
    other.locator(".account-menu form[data-sign-out] button").click()
    other.get_by_role("dialog").locator("[data-yes]").click()
    other.wait_for_url("**/accounts/login/")
    page.wait_for_url("**/accounts/log*/")
    expect(page.locator("[name=narrative]")).to_have_count(0)


def test_server_empties_the_store_at_sign_out_also_without_the_script(
    page, staff, write, badge, kept
):
    write()
    badge(1)
    page.evaluate(
        "document.querySelector('.account-menu form[data-sign-out]').submit()"
    )
    page.wait_for_url("**/accounts/login/")
    left = kept()
    assert "drafts:" not in left
    assert CANARY not in left


def test_signing_out_deletes_ones_own_and_leaves_what_another_could_not_send(
    page, staff, colleague, write, badge, kept, sign_in_again, sign_out
):
    write()
    badge(1)
    Session.objects.all().delete()
    sign_in_again(colleague)
    badge(0)
    write("同僚の文")
    badge(1)
    assert kept().count("extractable false") == 2
    sign_out()
    with page.expect_navigation():
        page.get_by_role("dialog").locator("[data-yes]").click()
    page.wait_for_url("**/accounts/login/")
    assert kept().count("extractable false") == 1
    sign_in_again(colleague)
    page.wait_for_timeout(300)
    badge(0)
