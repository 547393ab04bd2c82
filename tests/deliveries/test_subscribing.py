"""Another address, pause and hold: what goes on, what ends, and which mails follow."""

import datetime as dt
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError

from core import fiscal
from deliveries import subscribing
from deliveries.links import Purpose
from deliveries.models import FamilyLink, Notice, Subscription
from deliveries.services import correct, queue_notices
from outbox.worker import Sender
from tests.deliveries.factories import (
    MORNING,
    NoticeFactory,
    SentNoticeFactory,
    SubscriptionFactory,
)

pytestmark = pytest.mark.django_db
TODAY = fiscal.local_date(MORNING)
DAY = dt.timedelta(days=1)
NEW = "new@example.jp"


@pytest.fixture
def old():
    return SubscriptionFactory()


def change(subscription, email=NEW, at=MORNING):
    return subscribing.change_address(subscription=subscription, email=email, at=at)


def confirm(subscription, at=MORNING):
    link = subscription.links.filter(purpose=Purpose.CONFIRM).latest("pk")
    subscribing.confirm(link=link, at=at)


def queued(subscription, **values):
    notice = NoticeFactory(subscription=subscription, **values)
    queue_notices([notice], MORNING)
    return notice


def send():
    return dict(Sender(now=lambda: MORNING).run())


def receivers(sent):
    return sorted(recipient for [recipient], _message in sent)


def test_old_address_goes_on_until_the_new_one_is_confirmed(old, sent):
    queued(old)
    new = change(old)
    assert send() == {"sent": 3}
    # The notice and word of the change go to the old one, the question to the new one.
    assert receivers(sent) == [old.email, old.email, NEW]
    confirm(new)
    old.refresh_from_db()
    assert (old.ended_on, old.ended_how) == (TODAY, "address")
    new.refresh_from_db()
    assert new.confirmed_on == TODAY


def test_word_of_the_change_names_nobody_and_no_address(old, sent):
    change(old)
    send()
    [told] = [message for [to], message in sent if to == old.email]
    for part in ("plain", "html"):
        body = told.get_body((part,)).get_content()
        assert not any(name in body for name in (NEW, old.email, "見本", "架空"))
    assert NEW not in told["Subject"]


def test_word_of_the_change_comes_even_when_the_answer_was_faster(old, sent):
    confirm(change(old))
    send()
    assert old.email in receivers(sent)


@pytest.mark.parametrize("changes", [1, 2])
def test_nobody_hears_of_the_change_once_the_new_address_has_stopped(
    old, sent, changes
):
    newest = old
    for number in range(changes):
        newest = change(newest, f"n{number}@example.jp")
        confirm(newest)
    newest.refresh_from_db()
    subscribing.stop(subscription=newest, how="link", at=MORNING)
    assert send() == {}
    assert sent == []


def test_word_of_a_change_queued_late_is_withheld_after_the_stop(old, sent):
    newest = change(old)
    confirm(newest)
    Subscription.objects.filter(pk=newest.pk).update(ended_on=TODAY, ended_how="link")
    assert send() == {"withheld": 2}
    assert sent == []


def test_owner_hears_of_a_change_that_a_stranger_refused(old, sent):
    new = change(old)
    subscribing.stop(subscription=new, how="link", at=MORNING)
    assert send() == {"sent": 1}
    assert receivers(sent) == [old.email]


def test_address_that_nobody_confirmed_is_not_written_to(sent):
    change(SubscriptionFactory(confirmed_on=None))
    assert send() == {"sent": 1}


def test_what_waits_goes_to_the_new_address_once_it_is_confirmed(old, sent):
    notice = queued(old)
    new = change(old)
    confirm(new)
    send()
    assert receivers(sent) == [old.email, NEW]
    notice.refresh_from_db()
    assert (notice.subscription, notice.state) == (new, Notice.State.SENT)


def test_correction_follows_to_the_new_address(old, sent):
    notice = SentNoticeFactory(subscription=old)
    new = change(old)
    confirm(new)
    newest = change(new, "newest@example.jp")
    confirm(newest)
    correct([notice], MORNING)
    send()
    assert [to for [to], message in sent if "newest" in to] == ["newest@example.jp"]


def test_pause_is_taken_over_as_it_is_when_the_answer_comes(old):
    new = change(old)
    subscribing.pause(subscription=old, until=TODAY + DAY, at=MORNING)
    confirm(new)
    new.refresh_from_db()
    assert new.paused_until == TODAY + DAY


def test_only_the_last_request_counts(old):
    first = change(old)
    link = first.links.get()
    second = change(old, "second@example.jp")
    first.refresh_from_db()
    assert (first.is_open, first.ended_how) == (False, "address")
    with pytest.raises(ValidationError):
        subscribing.confirm(link=link, at=MORNING)
    confirm(second)
    old.refresh_from_db()
    assert not old.is_open


def test_correcting_the_address_that_waits_makes_the_request_anew(old, sent):
    wrong = change(old)
    right = change(wrong, "right@example.jp")
    wrong.refresh_from_db()
    assert (right.replaces, wrong.is_open) == (old, False)
    confirm(right)
    old.refresh_from_db()
    assert not old.is_open


def test_requests_of_before_end_however_they_were_corrected(old, sent):
    wrong = change(change(old), "wrong@example.jp")
    change(old, "right@example.jp")
    wrong.refresh_from_db()
    assert not wrong.is_open


def test_same_address_once_more_is_asked_once_more(old):
    assert change(old) == change(old, NEW.upper())
    assert FamilyLink.objects.filter(purpose=Purpose.CONFIRM).count() == 2


def test_three_requests_within_a_day(old):
    for number in range(3):
        change(old, f"n{number}@example.jp")
    with pytest.raises(ValidationError) as caught:
        change(old)
    assert caught.value.code == "too_often"
    change(old, at=MORNING + DAY)


def test_refused_address_leaves_the_request_of_before(old):
    first = change(old)
    SubscriptionFactory(member_number=old.member_number, email="sister@example.jp")
    with pytest.raises(ValidationError):
        change(old, "SISTER@example.jp")
    first.refresh_from_db()
    assert first.is_open


def test_ended_subscription_is_not_paused_nor_changed():
    row = SubscriptionFactory(ended_on=TODAY)
    with pytest.raises(ValidationError):
        change(row)
    with pytest.raises(ValidationError):
        subscribing.pause(subscription=row, until=TODAY, at=MORNING)
    subscribing.resume(subscription=row)
    subscribing.hold(subscription=row, held_for="bounced", at=MORNING)
    row.refresh_from_db()
    assert not row.is_held


@pytest.mark.parametrize(("days", "is_allowed"), [(-1, 0), (0, 1), (366, 1), (367, 0)])
def test_pause_lasts_from_today_to_a_year(old, days, is_allowed):
    with suppress(ValidationError):
        subscribing.pause(subscription=old, until=TODAY + days * DAY, at=MORNING)
    old.refresh_from_db()
    assert (old.paused_until is not None) == is_allowed


def test_hold_keeps_its_first_reason_and_release_ends_it(old):
    for reason in ("bounced", "complaint"):
        subscribing.hold(subscription=old, held_for=reason, at=MORNING)
    old.refresh_from_db()
    assert (old.held_since, old.held_for) == (MORNING, "bounced")
    queued(old)
    assert send() == {"withheld": 1}
    subscribing.release(subscription=old, at=MORNING)
    queued(old)
    assert send()["sent"] == 1
