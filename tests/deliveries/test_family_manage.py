"""What a family sees and does by its link, on the page of the mails."""

import datetime as dt

import pytest
from django.utils import timezone

from core import fiscal
from deliveries import subscribing
from deliveries.links import Purpose, standing_links
from deliveries.models import FamilyLink, Notice, Subscription
from tests.deliveries.factories import (
    MORNING,
    NoticeFactory,
    SentNoticeFactory,
    SubscriptionFactory,
)
from tests.deliveries.families import make_link, path_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def link():
    return make_link(Purpose.MANAGE)


@pytest.fixture
def act(client, link):
    """Press a button of the page; follow to where it leads."""

    def press(action, **data):
        return client.post(path_of(link), {"action": action, **data}, follow=True)

    return press


def only():
    return Subscription.objects.get()


def test_page_shows_what_was_sent_with_masked_name_and_address(client, link):
    SentNoticeFactory(subscription=link.subscription)
    page = client.get(path_of(link))
    text = page.content.decode()
    assert "10:30" in text
    assert "見***" in text
    assert "i***@example.jp" in text
    assert not any(name in text for name in ("見本", "花子", "架空", "ichiro"))


def test_title_names_nobody(client, link):
    title = client.get(path_of(link)).text.partition("<title>")[2].partition("<")[0]
    assert "見" not in title


def test_page_shows_thirty_notices_and_none_of_other_families(client, link):
    NoticeFactory(subscription=SubscriptionFactory(email="other@example.jp"))
    page = client.get(path_of(link))
    assert page.context["notices"] == []
    NoticeFactory.create_batch(31, subscription=link.subscription)
    assert len(client.get(path_of(link)).context["notices"]) == 30


def test_rows_cost_no_queries(client, link, django_assert_num_queries):
    for more in (1, 5):
        NoticeFactory.create_batch(more, subscription=link.subscription)
        with django_assert_num_queries(8):
            client.get(path_of(link))


def test_page_of_a_new_address_shows_what_went_to_the_old_one(client, link):
    old = SentNoticeFactory(
        subscription=SubscriptionFactory(email="old@example.jp", ended_how="address")
    )
    Subscription.objects.filter(pk=link.subscription_id).update(
        replaces=old.subscription
    )
    assert client.get(path_of(link)).context["notices"] == [old]


def test_latest_delivery_stands_first_whichever_was_reported_first(client, link):
    hours = (10, 17, 15)
    for hour in hours:
        NoticeFactory(
            subscription=link.subscription,
            happened_at=MORNING.replace(hour=hour - 9),
            delivery__delivered_at=dt.time(hour),
        )
    shown = client.get(path_of(link)).context["notices"]
    times = [notice.delivery.delivered_at.hour for notice in shown]
    assert times == [17, 15, 10]


@pytest.mark.parametrize("has_stopped", [False, True])
def test_link_of_an_address_of_before_tells_how_it_stands_now(
    client, link, has_stopped
):
    old = link.subscription
    new = SubscriptionFactory(email="new@example.jp", replaces=old)
    if has_stopped:
        subscribing.stop(subscription=new, how="link", at=MORNING)
    Subscription.objects.filter(pk=old.pk).update(
        ended_on=fiscal.local_date(), ended_how="address"
    )
    text = client.get(path_of(link)).text
    assert ("別のアドレス" in text) != has_stopped
    assert ("今後メールは届きません" in text) == has_stopped


def test_link_to_stop_is_shown_once_a_mail_bore_it(client, link):
    assert client.get(path_of(link)).context["stop_url"] is None
    made = standing_links(link.subscription, MORNING)
    assert client.get(path_of(link)).context["stop_url"] == made[Purpose.STOP]


def test_pause_and_resume(act):
    day = fiscal.local_date() + dt.timedelta(days=40)
    page = act("pause", until=f"{day:%Y年%m月%d日}")
    assert only().paused_until == day
    assert page.context["is_paused"]
    assert page.context["done"]
    assert not act("resume").context["is_paused"]
    assert only().paused_until is None


def test_address_that_was_kept_does_not_tell_what_is_long_over(client, link):
    path = path_of(link)
    for action in ("pause", "address", "x"):
        assert client.get(path, {"done": action}).context["done"] is None
    Subscription.objects.update(paused_until=fiscal.local_date())
    assert client.get(path, {"done": "pause"}).context["done"]
    assert client.get(path, {"done": "resume"}).context["done"] is None


@pytest.mark.parametrize(
    "day", ["", "2016/4/1", "2099/1/1", "5/4/30", "2/30", "\u202e"]
)
def test_pause_is_from_today_to_a_year_away(act, day):
    page = act("pause", until=day)
    assert page.context["pause_form"].errors["until"]
    assert only().paused_until is None


def test_new_address_is_asked_and_the_old_one_stays(act):
    page = act("address", email="a..b@docomo.ne.jp")
    new = Subscription.objects.get(email="a..b@docomo.ne.jp")
    old = new.replaces
    assert (new.confirmed_on, old.ended_on, old.email) == (
        None,
        None,
        "ichiro@example.jp",
    )
    assert "a***@docomo.ne.jp" in page.content.decode()


@pytest.mark.parametrize(
    "email", ["", "ichiro@example.jp", "a b@example.jp", "a\u200bb@example.jp", "x"]
)
def test_bad_address_is_refused(act, email):
    assert act("address", email=email).context["address_form"].errors["email"]
    assert only().email == "ichiro@example.jp"


def test_fourth_address_within_a_day_is_refused(act):
    for number in range(3):
        assert act("address", email=f"new{number}@example.jp").context["done"]
    assert act("address", email="new4@example.jp").context["address_form"].errors


@pytest.mark.parametrize("action", ["", "stop", "confirm", "end", "pause\x00"])
def test_link_does_nothing_else(act, action):
    assert act(action, until="2099/1/1", email="x@example.jp").status_code in (200, 400)
    assert (only().is_open, only().paused_until) == (True, None)


@pytest.mark.parametrize(
    "state", [{"ended_on": dt.date(2016, 5, 1)}, {"confirmed_on": None}]
)
def test_after_the_end_and_before_the_answer_nothing_is_shown_or_done(client, state):
    link = make_link(Purpose.MANAGE, **state)
    SentNoticeFactory(subscription=link.subscription)
    for answer in (
        client.get(path_of(link)),
        client.post(path_of(link), {"action": "pause", "until": "2099/1/1"}),
    ):
        assert answer.status_code == 200
        assert "notices" not in answer.context
    assert only().paused_until is None


def test_page_says_why_a_mail_was_not_sent(client, link):
    NoticeFactory(
        subscription=link.subscription,
        state=Notice.State.CANCELLED,
        cancelled_for=Notice.Cancelled.PAUSED,
    )
    page = client.get(path_of(link))
    assert str(Notice.Cancelled.PAUSED.label) in page.text


@pytest.mark.parametrize("held", [True, False])
def test_page_says_that_mails_came_back(client, link, held):
    if held:
        subscribing.hold(subscription=link.subscription, held_for="bounced", at=MORNING)
    page = client.get(path_of(link)).text
    assert ("message-warning" in page) == held


def test_request_for_a_new_address_that_ran_out_is_not_shown(client, link):
    new = SubscriptionFactory(
        email="n@example.jp", replaces=link.subscription, confirmed_on=None
    )
    FamilyLink.objects.create(
        subscription=new,
        purpose=Purpose.CONFIRM,
        sha256="0" * 64,
        created_at=MORNING,
        expires_at=timezone.now(),
    )
    assert client.get(path_of(link)).context["asked"] is None
