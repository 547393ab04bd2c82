"""What each kind of person does in a day, on a phone and at a desk."""

import re

import pytest
from playwright.sync_api import expect

from core import fiscal
from core.access import Role, coordinator_of
from core.programs import installed_programs
from tests.accounts.factories import WorkplaceFactory
from tests.alerts.factories import IncidentReportFactory
from tests.childcare.factories import HubFactory
from tests.donations.factories import CampaignFactory, ItemFactory, SchoolFactory
from tests.municipalities.factories import DeskFactory, MunicipalityFactory
from tests.mutualaid.factories import GroupFactory, MemberFactory, TariffFactory


@pytest.fixture
def place(db):
    place = MunicipalityFactory(name="見本市", kana="みほんし")
    DeskFactory(municipality=place, name="高齢福祉課", phone="000-0000-0000")
    return place


def leave(page):
    """Sign out through the menu."""
    page.locator(".account-menu summary").click()
    with page.expect_navigation():
        page.get_by_role("button", name="ログアウト").click()


def save(page):
    page.get_by_role("main").get_by_role("button", name="保存する").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator(".message-success")).to_be_visible()


def received(page):
    """Return the running year's number of reports, as the dashboard shows it."""
    links = page.get_by_role("link")
    return links.and_(page.locator("a[href^='/alerts/?']:not([href*=passed_on])")).first


def test_staff_logs_a_report_and_the_manager_sees_the_count_go_up(
    page, live_server, sign_in, follow, check_accessibility, place
):
    workplace = WorkplaceFactory()
    IncidentReportFactory(
        municipality=place,
        workplace=workplace,
        noticed_at=fiscal.timezone.now(),
    )
    sign_in(Role.MANAGER, workplace=workplace)
    page.goto(f"{live_server.url}/dashboard/")
    check_accessibility()
    expect(received(page)).to_have_text(re.compile(r"^\s*1\b"))
    leave(page)

    sign_in(Role.FIELD_STAFF, workplace=workplace)
    follow(page.get_by_role("link", name="異変を記録する").first)
    expect(page.get_by_role("link", name=re.compile("119"))).to_have_attribute(
        "href", "tel:119"
    )
    check_accessibility()
    follow(page.get_by_role("main").locator("a[href*='step=form']"))
    page.get_by_label("自治体", exact=True).fill("見本市")
    page.get_by_label("自治体", exact=True).blur()
    expect(page.locator("a[href='tel:00000000000']").first).to_be_visible()
    page.get_by_label("新聞・郵便物がたまっている").check()
    check_accessibility()
    follow(page.get_by_role("main").locator("button[type=submit]").last)
    expect(page.get_by_role("main")).to_contain_text(re.compile(r"\d{4}-\d{6}"))
    check_accessibility()
    leave(page)

    sign_in(Role.MANAGER, workplace=workplace)
    page.goto(f"{live_server.url}/dashboard/")
    expect(received(page)).to_have_text(re.compile(r"^\s*2\b"))
    received(page).click()
    expect(page.get_by_role("status").filter(has_text="2件")).to_be_visible()
    check_accessibility()


def test_administrator_renames_a_municipality_and_the_application_shows_it(
    page, live_server, sign_in, place
):
    sign_in(Role.ADMINISTRATOR, is_staff=True)
    page.goto(f"{live_server.url}/admin/municipalities/municipality/?q=みほん")
    page.get_by_role("link", name=place.code).click()
    page.locator("[name=name]").fill("新見本市")
    page.locator("[name=_save]").click()
    expect(page.locator(".messagelist")).to_be_visible()
    leave_admin(page, live_server)

    sign_in(Role.MANAGER)
    page.goto(f"{live_server.url}/municipalities/?q=新見本")
    expect(page.get_by_role("link", name="新見本市")).to_be_visible()


def leave_admin(page, live_server):
    page.goto(live_server.url)
    leave(page)


def test_coordinator_enters_a_session_an_activity_a_donation_a_visit_and_a_subscription(
    page, live_server, sign_in, follow, check_accessibility, place
):
    hub = HubFactory(municipality=place)
    group = GroupFactory()
    TariffFactory(group=group)
    recipient = MemberFactory(municipality=place, group=group)
    helper = MemberFactory(municipality=place, group=group)
    campaign = CampaignFactory()
    school = SchoolFactory(municipality=place)
    item = ItemFactory()
    sign_in(*(coordinator_of(program.label) for program in installed_programs()))

    def start(name):
        page.goto(live_server.url)
        follow(page.get_by_role("link", name=name))
        check_accessibility()

    start("開催を記録する")
    page.get_by_label("拠点").select_option(label=str(hub))
    page.get_by_label("日付").fill("H28.10.3")
    page.get_by_label("親子組").fill("１２")
    save(page)

    start("活動を記録する")
    page.get_by_label("日付").fill("2016年10月3日")
    page.get_by_label("利用会員").fill(recipient.number)
    page.get_by_label("援助会員").fill(helper.number)
    page.locator("[name=duration_minutes]").fill("90")
    page.get_by_label("状況").select_option(index=1)
    page.get_by_label("活動の内容").select_option(index=1)
    save(page)

    start("寄贈を記録する")
    page.get_by_label("寄贈の年度").select_option(label=str(campaign))
    page.get_by_label("学校", exact=True).fill(school.name)
    page.get_by_label("品目").select_option(label=str(item))
    page.get_by_label("希望数").fill("30")
    save(page)

    start("訪問を記録する")
    page.get_by_label("自治体", exact=True).fill("見本市")
    page.get_by_label("日付").fill("2016/10/3")
    page.get_by_label("先方の出席者").fill("市長")
    page.get_by_label("当方の出席者").fill("理事長")
    save(page)

    start("申込を登録する")
    page.get_by_label("組合員番号").fill("M0001")
    page.get_by_label("お届け先の組合員").fill("見本 花子")
    page.get_by_label("自治体", exact=True).fill("見本市")
    page.get_by_label("同意日").fill("2016/4/1")
    page.get_by_label("同意の方法").select_option(index=1)
    page.get_by_label("同意を受けた人").fill("見本 太郎")
    page.get_by_label("メールを受け取るご家族").fill("架空 一郎")
    page.get_by_label("メールアドレス").fill("a..b@docomo.ne.jp")
    page.get_by_label("送信開始日").fill("2016/4/1")
    save(page)


def test_every_list_reads_well_for_a_manager(
    page, live_server, sign_in, follow, check_accessibility
):
    sign_in(Role.MANAGER)
    for program in installed_programs():
        for listed in program.pages:
            page.goto(live_server.url)
            follow(page.get_by_role("link", name=str(program.verbose_name)).first)
            follow(page.get_by_role("link", name=str(listed.label), exact=True).first)
            check_accessibility()


def test_language_switch_gives_english(page, live_server, sign_in):
    sign_in(Role.MANAGER)
    page.locator(".account-menu summary").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Look up")).to_be_visible()
