"""A coordinator records a visit, a manager reads it."""

from playwright.sync_api import expect

from core.access import Role, coordinator_of
from tests.municipalities.factories import MunicipalityFactory


def test_coordinator_records_a_visit(
    page, live_server, sign_in, follow, check_accessibility
):
    MunicipalityFactory(name="見本市")
    sign_in(coordinator_of("agreements"))
    follow(page.get_by_role("link", name="訪問を記録する"))
    check_accessibility()
    follow(page.get_by_role("button", name="保存する"))
    expect(page.get_by_role("alert")).to_contain_text("直してください")
    check_accessibility()
    page.get_by_label("自治体", exact=True).fill("見本市")
    page.get_by_label("日付").fill("令和5年4月30日")
    page.get_by_label("先方の出席者").fill("市長")
    page.get_by_label("当方の出席者").fill("理事長")
    follow(page.get_by_role("button", name="保存する"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("2023年4月30日")
    check_accessibility()


def test_list_filters_without_reloading_the_page(
    page, live_server, sign_in, check_accessibility
):
    from tests.agreements.factories import VisitFactory

    VisitFactory(municipality__name="鎌ケ谷市", municipality__kana="かまがやし")
    VisitFactory()
    sign_in(Role.MANAGER)
    page.goto(f"{live_server.url}/agreements/visits/")
    expect(page.get_by_text("2件")).to_be_visible()
    check_accessibility()
    page.get_by_text("検索・絞り込み").click()
    page.get_by_label("検索", exact=True).fill("ｶﾏｶﾞﾔ")
    page.get_by_label("検索", exact=True).press("Enter")
    expect(page.get_by_text("1件")).to_be_visible()
    assert "q=" in page.url
