"""A family from the coordinator's form to the stop, with a real mail server between."""

import datetime as dt
import re
import urllib.request
from contextlib import contextmanager
from email import policy
from email.parser import BytesParser

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Workplace
from core import fiscal
from core.access import coordinator_of
from deliveries.models import Delivery, Subscription
from outbox.worker import Sender
from tests.accounts.factories import WorkplaceFactory
from tests.deliveries.factories import SentNoticeFactory
from tests.deliveries.families import make_link, path_of
from tests.municipalities.factories import MunicipalityFactory
from tests.smtp import mail_server

LINK = re.compile(r"https?://\S+/deliveries/family/\S+/")


@pytest.fixture
def post(settings, live_server):
    """A mail server; call it to let the worker send, and get the newest mail."""
    settings.SITE_URL = live_server.url
    settings.DELIVERIES_QUIET_HOURS = "00:00-00:00"
    with mail_server(settings) as server:
        settings.EMAIL_BACKEND = "outbox.backend.EmailBackend"

        def collect():
            Sender().run()
            _sender, recipients, data = server.envelopes[-1]
            return recipients, BytesParser(policy=policy.default).parsebytes(data)

        collect.server = server
        yield collect


def links_in(message):
    """Return the links of a mail's text, by what they are for."""
    text = message.get_body(("plain",)).get_content()
    kinds = {}
    for url in LINK.findall(text):
        page = url.split("/deliveries/family/")[1].split("/")[0]
        kinds[page if page in ("confirm", "stop") else "manage"] = url
    return kinds


def sign_up(page, live_server, email):
    """Record a family, as the coordinator does."""
    page.goto(f"{live_server.url}/deliveries/new/")
    today = f"{fiscal.local_date():%Y/%m/%d}"
    for name, value in {
        "member_number": "1234567",
        "member_name": "見本 花子",
        "municipality": "見本市",
        "family_name": "架空 一郎",
        "email": email,
        "consent_on": today,
        "consent_by": "見本 太郎",
        "started_on": today,
    }.items():
        page.locator(f"#id_{name}").fill(value)
    page.locator("#id_consent_form").select_option("paper")
    press(page, page.locator("main form button[type=submit]").last)
    expect(page.locator(".error-summary")).to_have_count(0)


def press(page, button):
    with page.expect_navigation():
        button.click()


@contextmanager
def family(page, browser):
    """A browser of the family's own: nobody is signed in there."""
    context = browser.new_context(viewport=page.viewport_size)
    try:
        yield context.new_page()
        assert context.cookies() == []
    finally:
        context.close()


def confirm(home, url):
    home.goto(url)
    press(home, home.locator("main button"))
    expect(home.locator("main h1")).to_be_visible()


def deliver(page, live_server):
    """Record a delivery of now, as the coordinator does; one more, a minute earlier."""
    page.goto(f"{live_server.url}/deliveries/deliveries/new/")
    first = Delivery.objects.order_by("delivered_on", "delivered_at").first()
    # Not by the clock alone: a minute may pass between two, and twins are refused.
    at = first.happened_at - dt.timedelta(minutes=1) if first else timezone.now()
    local = timezone.localtime(at)
    page.locator("#id_member_number").fill("1234567")
    page.locator("#id_delivered_on").fill(f"{local:%Y/%m/%d}")
    page.locator("#id_delivered_at").fill(f"{local:%H:%M}")
    page.locator("input[name=status][value=handed_over]").check()
    press(page, page.locator("main form button[type=submit]").last)
    expect(page.locator(".error-summary")).to_have_count(0)


def test_family_confirms_gets_a_mail_pauses_and_stops(
    page, browser, live_server, sign_in, post
):
    MunicipalityFactory(name="見本市", kana="みほんし")
    centre = WorkplaceFactory(kind=Workplace.Kind.DELIVERY_CENTRE)
    sign_in(coordinator_of("deliveries"), workplace=centre)
    sign_up(page, live_server, "a..b@docomo.ne.jp")
    recipients, asking = post()
    assert recipients == ("a..b@docomo.ne.jp",)
    with family(page, browser) as home:
        confirm(home, links_in(asking)["confirm"])
        deliver(page, live_server)
        recipients, news = post()
        assert "見本 花子" in news.get_body(("plain",)).get_content()
        assert not any(name in news["Subject"] for name in ("見本", "架空", "docomo"))
        links = links_in(news)

        home.goto(links["manage"])
        expect(home.locator(".family-history tbody tr")).to_have_count(1)
        home.locator("#id_until").fill(f"{fiscal.local_date():%Y/%m/%d}")
        press(home, home.locator("button[value=pause]"))
        expect(home.locator("button[value=resume]")).to_be_visible()
        count = len(post.server.mails)
        deliver(page, live_server)
        post()
        assert len(post.server.mails) == count
        press(home, home.locator("button[value=resume]"))

        press(home, home.locator(f"a[href='{links['stop']}']"))
        press(home, home.locator("main button"))
        deliver(page, live_server)
        post()
        assert len(post.server.mails) == count
    row = Subscription.objects.get()
    assert (row.ended_on, row.ended_how) == (fiscal.local_date(), "link")


def test_mail_program_stops_by_one_click(page, browser, live_server, sign_in, post):
    MunicipalityFactory(name="見本市", kana="みほんし")
    centre = WorkplaceFactory(kind=Workplace.Kind.DELIVERY_CENTRE)
    sign_in(coordinator_of("deliveries"), workplace=centre)
    sign_up(page, live_server, "ichiro@example.jp")
    _recipients, asking = post()
    with family(page, browser) as home:
        confirm(home, links_in(asking)["confirm"])
    deliver(page, live_server)
    _recipients, news = post()
    assert news["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = news["List-Unsubscribe"].strip("<>")
    for _ in range(2):
        body = b"List-Unsubscribe=One-Click"
        with urllib.request.urlopen(url, data=body) as answer:  # noqa: S310
            assert answer.status == 200
    count = len(post.server.mails)
    deliver(page, live_server)
    post()
    assert len(post.server.mails) == count
    assert Subscription.objects.get().ended_how == "one_click"


def test_pages_of_families_are_accessible(
    page, live_server, post, check_accessibility, follow
):
    confirming = make_link("confirm", at=timezone.now(), confirmed_on=None)
    managing = make_link("manage", email="second@example.jp")
    stopping = make_link("stop", email="third@example.jp")
    SentNoticeFactory.create_batch(6, subscription=managing.subscription)
    for link in (confirming, stopping):
        page.goto(f"{live_server.url}{path_of(link)}")
        check_accessibility()
        follow(page.locator("main button"))
        check_accessibility()
    page.goto(f"{live_server.url}{path_of(managing)}")
    for details in page.locator("details").all():
        details.locator("summary").click()
    check_accessibility()
    small = page.locator("main :is(button, input:visible, summary, a)")
    for target in small.all():
        box = target.bounding_box()
        assert box is None or box["height"] >= 44 or box["width"] <= 1
    page.locator("#id_email").fill("a b@example.jp")
    follow(page.locator("button[value=address]"))
    expect(page.locator(".error-summary")).to_be_visible()
    check_accessibility()
