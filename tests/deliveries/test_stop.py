"""Stopping by the button or a mail program's one click; nothing is sent afterwards."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from core import fiscal
from deliveries import subscribing
from deliveries.links import Purpose
from deliveries.models import Notice, Subscription
from deliveries.services import correct, queue_notices
from outbox.models import Mail
from outbox.worker import Sender
from tests.deliveries.factories import (
    MORNING,
    NoticeFactory,
    SentNoticeFactory,
    SubscriptionFactory,
)
from tests.deliveries.families import make_link, path_of

pytestmark = pytest.mark.django_db
STRANGER = "stranger@example.jp"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def stop(subscription, **values):
    return subscribing.stop(
        subscription=subscription, at=MORNING, **{"how": "link", **values}
    )


def queued(subscription, **values):
    notice = NoticeFactory(subscription=subscription, **values)
    queue_notices([notice], MORNING)
    return notice


def send():
    return dict(Sender(now=lambda: MORNING).run())


def test_button_stops_and_a_second_press_gets_the_same_answer(client):
    link = make_link(Purpose.STOP)
    assert client.get(path_of(link)).context["state"] == "ask"
    answers = [client.post(path_of(link)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    row = Subscription.objects.get()
    assert (row.ended_on, row.ended_how) == (fiscal.local_date(), "link")
    assert client.get(path_of(link)).context["state"] == "stopped"


@pytest.mark.parametrize("kind", ["form", "multipart"])
def test_one_click_of_a_mail_program_stops(kind):
    link = make_link(Purpose.STOP)
    # As mail programs do: no cookie, no Referer, no token against forgery.
    program = Client(enforce_csrf_checks=True)
    if kind == "form":
        data = {
            "data": "List-Unsubscribe=One-Click",
            "content_type": "application/x-www-form-urlencoded",
        }
    else:
        data = {"data": ONE_CLICK}
    answers = [program.post(path_of(link), **data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert Subscription.objects.get().ended_how == "one_click"


def test_way_to_stop_stands_on_one_line_of_the_mail(settings, sent):
    settings.SITE_URL = "https://a-rather-long-name.example.jp"
    queued(SubscriptionFactory())
    send()
    # A value that begins on a line of its own is read with a blank in front.
    value = sent[0][1]["List-Unsubscribe"]
    assert value.startswith("<https://a-rather-long-name.example.jp/deliveries/")
    assert sent[0][1]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_absent_people_s_programs_do_not_answer_our_mails(sent):
    queued(SubscriptionFactory())
    send()
    assert sent[0][1]["Auto-Submitted"] == "auto-generated"


def test_first_way_of_stopping_is_kept(client):
    link = make_link(Purpose.STOP)
    client.post(path_of(link), ONE_CLICK)
    client.post(path_of(link))
    assert Subscription.objects.get().ended_how == "one_click"


def test_page_shows_nothing_of_the_subscription(client):
    link = make_link(Purpose.STOP)
    SentNoticeFactory(subscription=link.subscription)
    for answer in (client.get(path_of(link)), client.post(path_of(link))):
        names = ("見本", "花子", "架空", "example.jp", "10:05")
        assert not any(name in answer.text for name in names)


def test_what_waits_is_withdrawn(sent):
    row = SubscriptionFactory()
    notice = queued(row)
    assert stop(row)
    assert send() == {}
    notice.refresh_from_db()
    assert (notice.state, notice.cancelled_for) == ("cancelled", "ended")
    assert Mail.objects.get().state == "withheld"


def test_neither_news_nor_correction_nor_question_is_sent_after_a_stop(sent):
    row = SubscriptionFactory()
    told = SentNoticeFactory(subscription=row)
    subscribing.change_address(subscription=row, email="new@example.jp", at=MORNING)
    stop(row)
    correct([told], MORNING)
    queued(row)
    assert send() == {"withheld": 1}
    assert not sent


def test_other_families_of_the_member_go_on(sent):
    row = SubscriptionFactory()
    sister = SubscriptionFactory(member_number=row.member_number, email="s@example.jp")
    queued(sister)
    stop(row)
    assert send() == {"sent": 1}


def test_address_that_was_to_take_its_place_ends_too(client):
    row = SubscriptionFactory()
    new = subscribing.change_address(
        subscription=row, email="new@example.jp", at=MORNING
    )
    stop(row)
    new.refresh_from_db()
    assert (new.is_open, new.ended_how) == (False, "link")


def test_link_in_an_old_mail_stops_what_goes_to_the_new_address(client, sent):
    link = make_link(Purpose.STOP)
    old = link.subscription
    new = subscribing.change_address(
        subscription=old, email="new@example.jp", at=MORNING
    )
    subscribing.confirm(link=new.links.get(), at=MORNING)
    assert client.get(path_of(link)).context["state"] == "ask"
    assert client.post(path_of(link)).context["state"] == "stopped"
    new.refresh_from_db()
    old.refresh_from_db()
    assert (new.ended_how, old.ended_how) == ("link", "address")


def test_whoever_refuses_a_mail_sent_to_them_by_mistake_stops_nobody_else():
    row = SubscriptionFactory()
    wrong = subscribing.change_address(subscription=row, email=STRANGER, at=MORNING)
    stop(wrong)
    row.refresh_from_db()
    assert row.is_open


@pytest.mark.parametrize("how", ["link", "one_click"])
def test_refusal_of_a_mail_that_asks_is_for_good(how):
    row = SubscriptionFactory()
    new = subscribing.change_address(subscription=row, email=STRANGER, at=MORNING)
    stop(new, how=how)
    mails = Mail.objects.count()
    with pytest.raises(ValidationError) as refused:
        subscribing.change_address(
            subscription=row, email=STRANGER.upper(), at=MORNING + dt.timedelta(days=9)
        )
    assert refused.value.code == "refused"
    assert Mail.objects.count() == mails


def test_end_by_the_coop_is_no_refusal():
    row = SubscriptionFactory()
    new = subscribing.change_address(subscription=row, email=STRANGER, at=MORNING)
    stop(new, how="coop")
    assert subscribing.change_address(subscription=row, email=STRANGER, at=MORNING)


def test_failed_mail_is_not_let_go_again(sent):
    row = SubscriptionFactory()
    notice = queued(row)
    Mail.objects.update(state="parked", settled_at=MORNING)
    Notice.objects.update(state="failed")
    stop(row)
    assert Mail.objects.get().state == "withheld"
    notice.refresh_from_db()
    # It did fail, and a closed year may hold it.
    assert notice.state == "failed"


def test_end_is_never_before_the_consent():
    row = SubscriptionFactory(
        consent_on=dt.date(2017, 1, 1), started_on=dt.date(2017, 1, 1)
    )
    stop(row, reason="ご家族の希望")
    row.refresh_from_db()
    assert (row.ended_on, row.end_reason) == (dt.date(2017, 1, 1), "ご家族の希望")
