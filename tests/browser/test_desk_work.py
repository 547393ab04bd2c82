"""The duty officer's day: from the queue to an outcome, and two at one report."""

import datetime as dt

from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from alerts.models import IncidentReport
from core.access import Role
from tests.alerts.factories import IncidentReportFactory
from tests.municipalities.factories import DeskFactory


def noticed(minutes, **attributes):
    """Make a report of so many minutes ago; journeys run by the real clock."""
    then = timezone.now() - dt.timedelta(minutes=minutes)
    return IncidentReportFactory(noticed_at=then, received_at=then, **attributes)


def test_officer_works_from_the_queue_to_an_outcome(
    page, live_server, sign_in, follow, check_accessibility
):
    desk = DeskFactory()
    report = noticed(135, municipality=desk.municipality)
    urgent = noticed(30, has_called_119=True)
    sign_in(Role.DUTY_OFFICER)
    page.goto(live_server.url + reverse("alerts:queue"))
    numbers = page.locator(".queue-what a")
    expect(numbers.first).to_have_text(urgent.receipt_number)
    expect(page.locator(".queue-clock").nth(1)).to_contain_text("2")
    check_accessibility()
    follow(page.get_by_role("link", name=report.receipt_number))
    page.locator("#pass_on_desk_person").fill("窓口の人")
    follow(page.locator('form[action$="/pass-on/"] [type=submit]'))
    check_accessibility()
    page.locator("#close_outcome").select_option("unknown")
    follow(page.locator('form[action$="/close/"] [type=submit]'))
    report.refresh_from_db()
    assert (report.state, report.outcome, report.desk) == ("closed", "unknown", desk)
    assert report.ask_again_at > timezone.now()
    page.locator("details:has(#close_outcome) summary").click()
    page.locator("#close_outcome").select_option("safe")
    follow(page.locator('form[action$="/close/"] [type=submit]'))
    expect(page.locator(".history del")).to_have_count(1)
    check_accessibility()


def test_slower_officer_sees_both_texts_and_chooses(page, live_server, sign_in):
    report = noticed(10)
    sign_in(Role.DUTY_OFFICER)
    # A tab of its own: of a 409 the browser complains in the console by itself.
    tab = page.context.new_page()
    tab.goto(live_server.url + reverse("alerts:report_update", args=[report.pk]))
    tab.locator("#id_narrative").fill("遅い人の文\n二行目")
    tab.locator("#id_place").fill("見本町9")
    # Somebody else, meanwhile.
    IncidentReport.objects.filter(pk=report.pk).update(
        narrative="速い人の文", version=2
    )
    with tab.expect_navigation():
        tab.get_by_role("button", name="保存する").click()
    expect(tab.locator(".conflict-row")).to_have_count(2)
    found = Axe().run(tab)
    assert found.violations_count == 0, found.generate_report()
    tab.locator('input[name="take_narrative"][value="mine"]').check()
    with tab.expect_navigation():
        tab.locator(".conflict-actions .btn-primary").click()
    report.refresh_from_db()
    assert report.narrative.splitlines() == ["遅い人の文", "二行目"]
    assert (report.place, report.version) == ("見本町9", 3)


def test_open_queue_refreshes_itself_and_says_what_is_new(
    page, live_server, sign_in, check_accessibility
):
    page.clock.install()
    sign_in(Role.DUTY_OFFICER)
    page.goto(live_server.url + reverse("alerts:queue"))
    expect(page.locator(".queue-line")).to_have_count(0)
    report = noticed(5)
    with page.expect_response(lambda answer: "counts=" in answer.url):
        page.clock.fast_forward(61_000)
    expect(page.locator(".queue-what a")).to_have_text(report.receipt_number)
    expect(page.locator("#queue-said")).to_contain_text("1")
    check_accessibility()
