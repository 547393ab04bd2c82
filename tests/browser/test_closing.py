"""A manager closes a year; a coordinator then cannot change it; it is reopened."""

import datetime as dt

from playwright.sync_api import expect

from core.access import Role, coordinator_of
from tests.childcare.factories import SessionFactory


def leave(page, follow):
    page.locator(".account-menu summary").click()
    follow(page.get_by_role("button", name="ログアウト"))


def test_manager_closes_a_year_and_nobody_changes_it_before_it_is_reopened(
    page, live_server, sign_in, follow, check_accessibility
):
    session = SessionFactory(held_on=dt.date(2016, 10, 3), families=12)
    edit = f"{live_server.url}/childcare/{session.pk}/edit/"
    closing = f"{live_server.url}/dashboard/closing/2016/"

    manager = sign_in(Role.MANAGER, display_name="架空 一郎")
    page.goto(closing)
    check_accessibility()
    button = page.get_by_role("button", name="2016年度を締める")
    follow(button)
    expect(page.get_by_role("alert")).to_contain_text("印を付けてください")
    page.get_by_label("点検で見つかったことを確かめました。").check()
    follow(page.get_by_role("button", name="2016年度を締める"))
    expect(page.get_by_role("status").last).to_contain_text("2016年度を締めました")
    check_accessibility()
    follow(page.get_by_role("link", name="年度締めのページへ"))
    expect(page.get_by_text("締め済み（第1版）")).to_be_visible()
    check_accessibility()
    leave(page, follow)

    sign_in(coordinator_of("childcare"))
    page.goto(edit)
    page.get_by_label("親子組", exact=True).fill("99")
    follow(page.get_by_role("main").get_by_role("button", name="保存する"))
    alert = page.get_by_role("alert")
    for words in ("2016年度", manager.display_name, "管理職"):
        expect(alert).to_contain_text(words)
    expect(page.get_by_label("親子組", exact=True)).to_have_value("99")
    leave(page, follow)

    sign_in(Role.MANAGER)
    page.goto(closing)
    page.get_by_text("2016年度の締めを解く").first.click()
    page.get_by_label("締めを解く理由").fill("記入もれがあった")
    page.get_by_label("公表した数字が変わることがあります").check()
    check_accessibility()
    follow(page.get_by_role("button", name="2016年度の締めを解く"))
    expect(page.get_by_role("cell", name="記入もれがあった")).to_be_visible()
    check_accessibility()
