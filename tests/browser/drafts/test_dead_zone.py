"""The connection is cut: nothing is lost, nothing doubled, nothing said too early."""

import re

from playwright.sync_api import expect

from alerts.models import IncidentReport

from .conftest import CANARY

RECEIPT = re.compile(r"/alerts/\d+/receipt/")


def test_connection_cut_in_mid_form_and_restored(
    page, context, staff, write, send, badge, says
):
    write()
    context.set_offline(True)
    page.locator("[name=narrative]").fill(f"{CANARY} もっと")
    send()
    says("later")
    badge(1)
    expect(page.locator("main")).not_to_contain_text("届きました")
    context.set_offline(False)
    page.wait_for_url(RECEIPT)
    badge(0)
    assert IncidentReport.objects.get().narrative == f"{CANARY} もっと"


def test_answer_lost_after_the_server_stored_it_is_one_report(
    page, staff, write, send, says
):
    def lose(route):
        route.fetch()
        route.abort()

    write()
    page.route("**/alerts/new/", lose)
    send()
    says("later")
    assert IncidentReport.objects.count() == 1
    page.unroute("**/alerts/new/")
    with page.expect_navigation(url=RECEIPT):
        page.locator(".draft-line [data-send]").click()
    assert IncidentReport.objects.count() == 1


def test_double_tap_is_one_report(page, staff, write):
    write()
    page.locator("form[data-once] .form-actions .btn-primary").dblclick()
    page.wait_for_url(RECEIPT)
    assert IncidentReport.objects.count() == 1


def test_any_page_sends_what_waits_and_says_so(
    page, context, live_server, staff, write, send, badge, says
):
    write()
    context.set_offline(True)
    send()
    says("later")
    page.close()
    context.set_offline(False)
    other = context.new_page()
    other.goto(f"{live_server.url}/municipalities/")
    notice = other.locator("[data-ended]")
    expect(notice).to_be_visible()
    expect(notice).to_contain_text(IncidentReport.objects.get().receipt_number)
    badge(0, other)
    notice.get_by_role("link").click()
    other.wait_for_url(RECEIPT)
    expect(other.locator("[data-ended]")).to_have_count(0)


def test_two_records_of_a_dead_zone_are_two_reports(
    page, live_server, staff, write, send, badge, says
):
    page.route("**/alerts/new/token/", lambda route: route.abort())
    for text in ("一件目", "二件目"):
        write(text)
        send()
        says("later")
    badge(2)
    page.unroute("**/alerts/new/token/")
    page.goto(live_server.url)
    expect(page.locator("[data-ended]")).to_have_count(2)
    badge(0)
    texts = IncidentReport.objects.values_list("narrative", flat=True)
    assert sorted(texts) == ["一件目", "二件目"]


def test_server_in_trouble_is_asked_again_after_a_pause(page, staff, write, send, says):
    answers = [503, 429, 500]

    def fail(route):
        if answers:
            route.fulfill(status=answers.pop(), body="<h1>upstream</h1>")
        else:
            route.fallback()

    page.clock.install()
    write()
    page.route("**/alerts/new/", fail)
    send()
    says("later")
    # 5, 10 and 20 seconds, each counted from the answer before.
    for _ in range(60):
        page.clock.run_for(1000)
        page.wait_for_timeout(50)
        if RECEIPT.search(page.url):
            break
    page.wait_for_url(RECEIPT)
    assert not answers
    assert IncidentReport.objects.count() == 1


def test_page_that_somebody_puts_between_is_no_answer(page, staff, write, send, says):
    write()
    page.route(
        "**/alerts/new/",
        lambda route: route.fulfill(status=200, body="<p>Welcome to our hotspot</p>"),
    )
    send()
    says("later")
    assert not IncidentReport.objects.exists()


def test_dead_zone_tells_at_once_what_is_missing(
    page, context, staff, write, send, badge
):
    write()
    page.get_by_label("新聞・郵便物がたまっている").uncheck()
    context.set_offline(True)
    send()
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator(".field-signs .field-error")).to_be_visible()
    expect(page.locator(".draft-line [role=status]")).to_be_empty()
    page.get_by_label("新聞・郵便物がたまっている").check()
    send()
    badge(1)
    context.set_offline(False)
    page.wait_for_url("**/receipt/")
