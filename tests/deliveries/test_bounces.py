"""Mails that come back are recorded once, and stop the next ones to their address."""

import datetime as dt

import pytest
from django.core import mail

from core.access import coordinator_of
from deliveries import bounces, subscribing
from deliveries.models import Bounce, Subscription
from outbox.kinds import Outcome, registry
from outbox.models import Mail
from tests.conftest import grant
from tests.deliveries.factories import (
    MORNING,
    NoticeFactory,
    SentNoticeFactory,
    SubscriptionFactory,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def keeper(db, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return grant(coordinator_of("deliveries"), email="keeper@coop.example")


def record(notice=None, at=MORNING, **fields):
    defaults = {
        "message_id": notice.message_id if notice else "",
        "recipient": notice.subscription.email if notice else "",
        "kind": "permanent",
        "code": "5.1.1",
        "source": "mailbox",
        "key": "report-1",
    }
    return bounces.record_bounce(**defaults | fields, at=at)


def reason(subscription):
    subscription.refresh_from_db()
    assert subscription.is_held == bool(subscription.held_for)
    return subscription.held_for


@pytest.mark.parametrize(
    ("kind", "held_for"), [("permanent", "bounced"), ("complaint", "complaint")]
)
def test_lasting_trouble_puts_on_hold_at_once(kind, held_for):
    notice = SentNoticeFactory()
    bounce = record(notice, kind=kind)
    assert (bounce.notice, bounce.subscription) == (notice, notice.subscription)
    assert (bounce.code, bounce.bounced_on) == ("5.1.1", dt.date(2016, 10, 3))
    assert reason(notice.subscription) == held_for


def test_same_report_counts_once():
    notice = SentNoticeFactory()
    assert record(notice) == record(notice) == Bounce.objects.get()
    assert len(mail.outbox) == 1


def test_key_of_one_source_is_none_of_another():
    notice = SentNoticeFactory()
    record(notice)
    record(notice, source="service")
    assert Bounce.objects.count() == 2


def test_unknown_mail_is_not_recorded():
    SentNoticeFactory()
    assert record(message_id="<other@example.org>") is None
    assert record(message_id="<other@example.org>", recipient="a@example.jp") is None
    assert not Bounce.objects.exists()


# The address ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ("Ichiro@Example.jp", "ichiro@example.JP"),
        ("a..b@docomo.ne.jp", '"a..b"@docomo.ne.jp'),
        ("ichiro@example.jp", "<ichiro@example.jp>"),
        ("ichiro@example.jp", ""),
    ],
)
def test_address_is_compared_as_servers_write_it(stored, told):
    notice = SentNoticeFactory(subscription__email=stored)
    assert record(notice, recipient=told)
    assert reason(notice.subscription)


def test_report_about_an_address_of_before_holds_nobody():
    notice = SentNoticeFactory()
    assert record(notice, recipient="before@example.jp") is None
    assert not reason(notice.subscription)


def test_every_open_subscription_with_the_address_is_on_hold():
    notice = SentNoticeFactory()
    of_father = SubscriptionFactory(member_number="M2", email="ICHIRO@example.jp")
    ended = SubscriptionFactory(member_number="M3", ended_on=dt.date(2016, 9, 1))
    other = SubscriptionFactory(member_number="M4", email="other@example.jp")
    record(notice)
    assert [bool(reason(one)) for one in (of_father, ended, other)] == [
        True,
        False,
        False,
    ]
    assert len(mail.outbox) == 2


def test_mail_of_an_ended_subscription_is_recorded_and_holds_nobody():
    notice = SentNoticeFactory(subscription__ended_on=dt.date(2016, 10, 3))
    assert record(notice)
    assert not reason(notice.subscription)
    assert mail.outbox == []


def test_mailbox_is_believed_without_a_message_id_only_before_the_confirmation(
    settings,
):
    settings.EMAIL_BACKEND = "outbox.backend.EmailBackend"
    confirmed = SubscriptionFactory()
    assert record(recipient=confirmed.email) is None
    waiting = SubscriptionFactory(email="new@example.jp", confirmed_on=None)
    assert record(recipient=waiting.email) is None
    subscribing.ask_to_confirm(subscription=waiting, at=MORNING)
    bounce = record(recipient=waiting.email, message_id="<confirmation@coop.example>")
    assert (bounce.subscription, bounce.notice) == (waiting, None)
    assert reason(waiting) == "bounced"


def test_mail_service_is_believed_about_an_address():
    subscription = SubscriptionFactory()
    assert record(recipient=subscription.email, source="service")
    assert reason(subscription) == "bounced"


# Mails that come back for the time being ----------------------------------------------


def temporary(days, subscription=None):
    """Let a mail on each of the days come back; return what was recorded."""
    subscription = subscription or SubscriptionFactory()
    return [
        record(
            SentNoticeFactory(subscription=subscription),
            kind="temporary",
            code="4.2.2",
            key=f"day-{day}",
            at=MORNING + day * DAY,
        )
        for day in days
    ]


@pytest.mark.parametrize(
    ("days", "held_for"),
    [((0, 1), ""), ((0, 1, 2), "bounced"), ((0, 3, 6), "bounced"), ((0, 1, 7), "")],
)
def test_three_mails_within_seven_days_put_on_hold(days, held_for):
    *_before, last = temporary(days)
    assert reason(last.subscription) == held_for
    assert len(mail.outbox) == bool(held_for)


@pytest.mark.parametrize(("days", "held_for"), [((4, 5), ""), ((4, 5, 6), "bounced")])
def test_mails_that_came_back_before_the_release_do_not_count(days, held_for):
    *_before, last = temporary((0, 1, 2))
    subscribing.release(subscription=last.subscription, at=MORNING + 3 * DAY)
    temporary(days, last.subscription)
    assert reason(last.subscription) == held_for


def test_late_report_of_a_mail_from_before_the_release_does_not_count():
    *_before, last = temporary((0, 1, 2))
    subscribing.release(subscription=last.subscription, at=MORNING + 3 * DAY)
    temporary((-1, 2.5), last.subscription)
    assert not reason(last.subscription)


def test_several_reports_of_one_mail_are_one():
    notice = SentNoticeFactory()
    for key in "abc":
        record(notice, kind="temporary", key=key)
    assert Bounce.objects.count() == 3
    assert not reason(notice.subscription)


def test_mails_of_other_families_do_not_count():
    for _family in range(3):
        temporary([0], SubscriptionFactory(email=f"f{_family}@example.jp"))
    assert Bounce.objects.count() == 1  # keys are the same
    assert not Subscription.objects.filter(held_since__isnull=False).exists()


# Refused while sending ----------------------------------------------------------------


def refuse(subscription, at=MORNING):
    return bounces.record_refusal(
        subscription=subscription, notice=None, key=f"{subscription.pk}", at=at
    )


def test_address_that_our_own_server_refuses_is_on_hold():
    subscription = SubscriptionFactory()
    assert refuse(subscription).source == "server"
    assert reason(subscription) == "bounced"


def test_server_that_refuses_everybody_puts_nobody_else_on_hold():
    families = [SubscriptionFactory(email=f"f{n}@example.jp") for n in range(7)]
    for family in families[:6]:
        refuse(family)
    assert [bool(reason(family)) for family in families[:6]] == [True] * 5 + [False]
    refuse(families[6], at=MORNING + dt.timedelta(hours=2))
    assert reason(families[6])


def test_refused_notice_failed_and_its_address_is_on_hold():
    notice = NoticeFactory()
    registry["deliveries.notice"].settled(str(notice.pk), Outcome.REFUSED, MORNING)
    notice.refresh_from_db()
    assert notice.state == "failed"
    assert Bounce.objects.get().notice == notice
    assert reason(notice.subscription) == "bounced"


def test_notice_parked_for_another_reason_holds_nobody():
    notice = NoticeFactory()
    registry["deliveries.notice"].settled(str(notice.pk), Outcome.PARKED, MORNING)
    assert not Bounce.objects.exists()


def test_refused_confirmation_is_recorded(settings):
    settings.EMAIL_BACKEND = "outbox.backend.EmailBackend"
    waiting = SubscriptionFactory(confirmed_on=None)
    link = subscribing.ask_to_confirm(subscription=waiting, at=MORNING)
    settled = registry["deliveries.confirmation"].settled
    settled(str(link.pk), Outcome.SENT, MORNING)
    assert not reason(waiting)
    settled(str(link.pk), Outcome.REFUSED, MORNING)
    assert reason(waiting) == "bounced"


# Telling ------------------------------------------------------------------------------


def test_coordinator_is_told_without_personal_data(keeper):
    notice = SentNoticeFactory()
    grant(coordinator_of("childcare"), email="other@coop.example")
    grant(coordinator_of("deliveries"), email="gone@coop.example", is_active=False)
    record(notice)
    [told] = mail.outbox
    assert told.to == [keeper.email]
    assert told.extra_headers["Auto-Submitted"] == "auto-generated"
    for text in (told.subject, told.body, told.alternatives[0].content):
        for word in ("見本", "架空", "ichiro", notice.subscription.member_number):
            assert word not in text
    assert notice.subscription.get_absolute_url() in told.body
    assert "5.1.1" in told.body
    assert "\n" not in told.subject


def test_hidden_mark_in_an_address_keeps_nobody_from_being_told(keeper, settings):
    settings.EMAIL_BACKEND = "outbox.backend.EmailBackend"
    grant(coordinator_of("deliveries"), email="pasted@coop.example\u200b")
    notice = SentNoticeFactory()
    record(notice)
    assert reason(notice.subscription) == "bounced"
    assert Mail.objects.get().recipients == [keeper.email, "pasted@coop.example"]


def test_coordinator_is_told_once_for_each_hold():
    notice = SentNoticeFactory()
    record(notice)
    record(notice, key="report-2")
    assert len(mail.outbox) == 1
    subscribing.release(subscription=notice.subscription, at=MORNING + DAY)
    record(notice, key="report-3", at=MORNING + DAY)
    assert len(mail.outbox) == 2
    assert reason(notice.subscription)


def test_nobody_to_tell_is_no_trouble(keeper):
    keeper.delete()
    notice = SentNoticeFactory()
    record(notice)
    assert reason(notice.subscription)
