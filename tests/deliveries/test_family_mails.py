"""What mails to families say, and what a locked telephone shows of them."""

import re

import pytest
from django.utils.html import strip_tags

from deliveries import mails
from deliveries.links import Purpose
from tests.deliveries.factories import MORNING, NoticeFactory
from tests.deliveries.families import make_link, path_of

pytestmark = pytest.mark.django_db
PERSONAL = {
    "member_name": "カナリア甲",
    "family_name": "カナリア乙",
    "member_number": "CANARY1",
}
# As much as a telephone shows of a mail while it is locked.
SHOWN = 60


def told(kind):
    """Return the mail of a kind, to a family whose every text is a canary."""
    texts = {**PERSONAL, "email": f"canary-{kind}@example.jp"}
    if kind in ("delivery", "correction"):
        fields = {f"subscription__{name}": text for name, text in texts.items()}
        return mails.notice_mail(NoticeFactory(kind=kind, **fields), MORNING)
    link = make_link(Purpose.CONFIRM, confirmed_on=None, **texts)
    if kind == "confirmation":
        return mails.prepare_confirmation(str(link.pk), MORNING)
    return mails.family_mail("address_changed", link.subscription, {}, MORNING)


def bodies(message):
    [html] = [one.content for one in message.alternatives]
    visible = html.partition("<body")[2].partition(">")[2]
    return message.body, re.sub(r"\s+", " ", strip_tags(visible)).strip()


@pytest.mark.parametrize(
    "kind", ["delivery", "correction", "confirmation", "address_changed"]
)
def test_locked_telephone_shows_no_name_address_or_number(kind):
    message = told(kind)
    for body in bodies(message):
        shown = f"{message.subject}{body[:SHOWN]}".lower()
        assert not re.search("カナリア|canary|10:05|http", shown)
        assert "\n\n" not in body[:SHOWN]


@pytest.mark.parametrize("kind", ["delivery", "correction"])
def test_text_and_html_say_the_same(kind):
    for body in bodies(told(kind)):
        for part in ("カナリア乙", "10:05", "119"):
            assert part in body


def test_name_is_plain_in_the_text_and_escaped_in_html():
    notice = NoticeFactory(subscription__member_name="<b>A&B</b>")
    message = mails.notice_mail(notice, MORNING)
    assert "<b>A&B</b>" in message.body
    assert "&lt;b&gt;A&amp;B" in message.alternatives[0].content


def test_mail_has_no_picture_script_or_address_of_others(settings):
    settings.SITE_URL = "https://coop.example"
    for kind in ("delivery", "confirmation"):
        html = told(kind).alternatives[0].content
        assert not re.search("<(img|script|link|iframe)|url\\(", html)
        addresses = re.findall(r"https?://[^/\"]+", html)
        assert set(addresses) == {"https://coop.example"}


def test_mail_says_whom_to_ask_where_the_co_op_has_said_so(settings):
    settings.DELIVERIES_CONTACT = "見本センター 000-000-0000"
    for kind in ("delivery", "confirmation", "address_changed"):
        for body in bodies(told(kind)):
            assert "見本センター 000-000-0000" in body


def test_text_holds_each_link_on_a_line_of_its_own():
    message = told("delivery")
    lines = message.body.splitlines()
    stop = message.extra_headers["List-Unsubscribe"].strip("<>")
    assert stop in lines
    link = make_link(Purpose.STOP, email="other@example.jp")
    assert path_of(link) not in message.body
