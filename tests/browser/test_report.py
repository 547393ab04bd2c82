"""A manager writes, publishes and opens the annual report; everybody reads it."""

import datetime as dt

from playwright.sync_api import expect

from core.access import Role
from dashboard.closing import close_year, finish
from dashboard.models import AnnualReport
from tests.agreements.factories import VisitFactory
from tests.dashboard.factories import AnnualFigureFactory

AT = dt.datetime(2018, 5, 1, 3, tzinfo=dt.UTC)


def test_manager_publishes_the_report_and_everybody_reads_it(
    page, live_server, sign_in, follow, check_accessibility
):
    VisitFactory(visited_on=dt.date(2016, 10, 3))
    AnnualFigureFactory(note="見本の注")
    sign_in(Role.MANAGER)
    main = page.get_by_role("main")
    report = f"{live_server.url}/report/2016/"
    page.goto(report)
    check_accessibility()
    # Not closed yet: the page says so and leads on.
    follow(main.locator("a[href$='/publish/']"))
    expect(main.locator("a[href$='/dashboard/closing/2016/']")).to_be_visible()
    check_accessibility()
    finish(close_year(year=2016, actor=None, at=AT))

    page.goto(report)
    follow(main.locator("a[href$='/text/opening/']"))
    check_accessibility()
    page.locator("textarea").fill("はじめの見本文\u202e")
    follow(main.locator("button[type=submit]"))
    expect(page.get_by_role("alert")).to_be_visible()
    check_accessibility()
    page.locator("textarea").fill("はじめの見本文")
    follow(main.locator("button[type=submit]"))
    expect(page.locator(".report")).to_contain_text("はじめの見本文")

    follow(main.locator("a[href$='/publish/']"))
    check_accessibility()
    follow(main.locator("button[type=submit]"))
    expect(page.locator(".report-versions")).to_contain_text(
        AnnualReport.objects.get().sha256
    )
    check_accessibility()

    follow(main.locator("a[href$='/public-address/']"))
    check_accessibility()
    follow(main.locator("button[value=on]"))
    page.context.clear_cookies()
    page.goto(f"{report}public/")
    expect(page.locator(".report")).to_contain_text("はじめの見本文")
    check_accessibility()
