"""What was typed comes back to the same person, and goes when it is thrown away."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from alerts.models import IncidentReport

from .conftest import CANARY

RECEIPT = re.compile(r"/alerts/\d+/receipt/")


@pytest.fixture
def narrative(page):
    return page.locator("[name=narrative]")


def test_reload_and_closed_tab_bring_the_draft_back(
    page, context, staff, write, send, narrative, badge, form_url
):
    write()
    badge(1)
    page.reload()
    expect(narrative).to_have_value(CANARY)
    expect(page.locator("[name=municipality]")).to_have_value("見本市")
    expect(page.get_by_label("新聞・郵便物がたまっている")).to_be_checked()
    page.close()
    other = context.new_page()
    other.goto(form_url)
    expect(other.locator("[name=narrative]")).to_have_value(CANARY)
    expect(other.locator("[data-part=restored]")).to_be_visible()
    send(other)
    other.wait_for_url(RECEIPT)
    badge(0, other)
    assert IncidentReport.objects.count() == 1


def test_page_torn_away_half_a_second_after_the_last_letter_loses_none(
    page, staff, write, form_url
):
    write("はじめ")
    page.locator("[name=narrative]").press_sequentially("つづき", delay=20)
    page.wait_for_timeout(500)
    page.goto("about:blank")
    page.goto(form_url)
    expect(page.locator("[name=narrative]")).to_have_value("はじめつづき")


def test_draft_is_thrown_away_only_after_asking(
    page, staff, write, narrative, badge, kept, form_url
):
    write()
    badge(1)
    page.reload()
    page.locator(".draft-line [data-discard]").click()
    page.locator("dialog [data-no]").click()
    expect(narrative).to_have_value(CANARY)
    page.locator(".draft-line [data-discard]").click()
    with page.expect_navigation():
        page.locator("dialog [data-yes]").click()
    page.wait_for_url("**#draft=*")
    expect(narrative).to_have_value("")
    badge(0)
    page.goto(form_url)
    page.wait_for_url("**#draft=*")
    expect(narrative).to_have_value("")
    assert "drafts:" not in kept()


def test_another_record_leaves_the_draft_for_later(
    page, staff, write, narrative, badge, form_url
):
    write()
    badge(1)
    page.reload()
    with page.expect_navigation():
        page.locator("[data-part=restored] a").click()
    page.wait_for_url("**#draft=*")
    write("別の記録", url=None)
    badge(2)
    page.locator(".draft-menu summary").click()
    with page.expect_navigation():
        page.locator("[data-list] [data-open]").first.click()
    expect(narrative).to_have_value(CANARY)


def test_wrong_input_keeps_the_text_and_says_why_beside_the_field(
    page, staff, write, send, narrative, badge, check_accessibility
):
    write()
    page.locator("[name=postal_code]").fill("12")
    send()
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator(".field-postal_code .field-error")).to_be_visible()
    expect(page.locator("[name=postal_code]")).to_have_attribute("aria-invalid", "true")
    expect(narrative).to_have_value(CANARY)
    check_accessibility()
    assert not IncidentReport.objects.exists()
    page.reload()
    expect(narrative).to_have_value(CANARY)
    page.locator("[name=postal_code]").fill("")
    send()
    page.wait_for_url(RECEIPT)
    badge(0)


def test_second_tab_does_not_take_the_draft_of_the_first(
    page, context, staff, write, send, form_url, badge
):
    write("一枚目")
    badge(1)
    second = context.new_page()
    second.goto(form_url)
    second.wait_for_url("**#draft=*")
    expect(second.locator("[name=narrative]")).to_have_value("")
    write("二枚目", second, None)
    badge(2)
    badge(2, second)
    send()
    send(second)
    for tab in (page, second):
        tab.wait_for_url(RECEIPT)
        badge(0, tab)
    assert IncidentReport.objects.count() == 2


def test_two_tabs_send_one_waiting_record_once(
    page, context, live_server, staff, write, send, says
):
    write()
    page.route("**/alerts/new/token/", lambda route: route.abort())
    send()
    says("later")
    asked = []
    context.on("request", lambda r: asked.append(r.url) if r.method == "POST" else None)
    page.unroute("**/alerts/new/token/")
    second = context.new_page()
    second.goto(live_server.url)
    page.wait_for_url(RECEIPT)
    assert len(asked) == 1
    assert IncidentReport.objects.count() == 1


def test_change_made_while_it_was_on_its_way_is_kept_too(
    page, staff, write, send, narrative, says
):
    def answer_late(route):
        response = route.fetch()
        narrative.fill("あとから")
        page.wait_for_timeout(500)
        route.fulfill(response=response)

    write("さきに")
    page.route("**/alerts/new/", answer_late)
    send()
    status = page.locator(".draft-line [role=status]")
    expect(status).not_to_be_empty(timeout=15_000)
    expect(status).to_contain_text(IncidentReport.objects.get().receipt_number)
    page.unroute("**/alerts/new/")
    send()
    page.wait_for_url(RECEIPT)
    report = IncidentReport.objects.get()
    assert report.narrative == "さきに"
    assert "あとから" in report.follow_ups.get().text


def test_expired_sign_in_of_the_same_person_sends_after_signing_in(
    page, context, live_server, staff, write, send, says, badge, sign_in_again
):
    write()
    Session.objects.all().delete()
    send()
    says("login")
    badge(1)
    assert not IncidentReport.objects.exists()
    sign_in_again(staff)
    expect(page.locator("[data-ended]")).to_be_visible()
    badge(0)
    assert IncidentReport.objects.get().narrative == CANARY


def test_twelve_hours_after_the_last_change_key_and_draft_are_gone(
    page, staff, write, badge, kept, narrative
):
    page.clock.install()
    write()
    badge(1)
    assert "extractable false" in kept()
    page.clock.fast_forward("11:58:00")
    badge(1)
    narrative.press_sequentially("つづき")
    page.wait_for_timeout(500)
    page.clock.fast_forward("11:58:00")
    badge(1)
    expect(narrative).to_have_value(f"{CANARY}つづき")
    with page.expect_navigation():
        page.clock.fast_forward("05:00")
    # Key and text are gone, also from the screen; that it was never sent is said.
    page.wait_for_url("**#draft=*")
    expect(narrative).to_have_value("")
    badge(0)
    assert "extractable" not in kept()
    assert "data:" not in kept()
    notice = page.locator("[data-ended]")
    expect(notice).to_be_visible()
    notice.get_by_role("button").click()
    expect(notice).to_have_count(0)
    assert "drafts:" not in kept()
