"""A manager compares years, walks a chart by keyboard, and looks at any day."""

import datetime as dt

from playwright.sync_api import expect

from core.access import Role
from tests.agreements.factories import AgreementFactory
from tests.dashboard.factories import AnnualFigureFactory
from tests.municipalities.factories import MunicipalityFactory


def test_manager_compares_two_years_and_opens_a_figure(
    page, live_server, sign_in, follow, check_accessibility
):
    AgreementFactory(signed_on=dt.date(2016, 4, 1), in_force_from=dt.date(2016, 4, 1))
    AnnualFigureFactory(indicator="agreements.in_force", fiscal_year=2013, as_of=None)
    sign_in(Role.MANAGER)
    page.goto(f"{live_server.url}/dashboard/?year=2016")
    check_accessibility()
    with page.expect_navigation():
        page.get_by_label("比べる年度").select_option("2013")
    expect(page).to_have_url(f"{live_server.url}/dashboard/?year=2016&with=2013")
    cell = page.locator("[data-indicator='agreements.in_force']")
    expect(cell).to_contain_text("2013年度 3")
    check_accessibility()
    follow(cell.locator("a.figure").first)
    expect(page.get_by_role("status").filter(has_text="1件")).to_be_visible()


def test_program_page_compares_draws_and_shows_the_area_as_of_a_day(
    page, live_server, sign_in, follow, check_accessibility
):
    place = MunicipalityFactory(name="見本市")
    begun = dt.date(2016, 4, 1)
    AgreementFactory(municipality=place, signed_on=begun, in_force_from=begun)
    MunicipalityFactory(name="架空市")
    sign_in(Role.MANAGER)
    page.goto(f"{live_server.url}/dashboard/agreements/?year=2016")
    check_accessibility()
    bar = page.locator(".chart-mark").first
    bar.focus()
    expect(bar).to_be_focused()
    expect(bar).to_have_accessible_name("2016年度 1 自治体")
    cell = page.get_by_role("link", name="見本市 締結中")
    cell.focus()
    expect(cell.get_by_text("見本市")).to_be_visible()
    page.get_by_label("日", exact=True).fill("平成28年3月31日")
    follow(page.get_by_role("main").get_by_role("button", name="表示する").last)
    expect(page.get_by_role("link", name="見本市 協定なし")).to_have_count(1)
    check_accessibility()
    page.get_by_label("日", exact=True).fill("5/4/30")
    follow(page.get_by_role("main").get_by_role("button", name="表示する").last)
    expect(page.get_by_role("alert")).to_be_visible()
    check_accessibility()
