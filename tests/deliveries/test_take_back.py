"""Taking a delivery back: mails not sent are withdrawn, those sent corrected once."""

import datetime as dt

import pytest

from deliveries.models import Notice, Subscription
from deliveries.services import (
    TAKEN_BACK,
    DeliveryConflict,
    Entry,
    count_corrections,
    record_delivery,
    take_back,
)
from outbox.models import Mail
from outbox.worker import Sender
from tests.accounts.factories import UserFactory, WorkplaceFactory
from tests.deliveries import keeping
from tests.deliveries.factories import MORNING, SubscriptionFactory
from tests.smtp import mail_server

pytestmark = pytest.mark.django_db
DAY = dt.date(2016, 10, 3)
ENTRY = Entry("D-1", "M1", DAY, dt.time(10, 5), "handed_over")
LATER = MORNING + dt.timedelta(minutes=5)


@pytest.fixture
def family(db):
    return SubscriptionFactory(member_number="M1")


@pytest.fixture
def delivery(family):
    return record_delivery(
        entry=ENTRY, workplace=WorkplaceFactory(), recorded_by=UserFactory(), at=MORNING
    )


def send(at=LATER):
    return dict(Sender(now=lambda: at).run())


def undo(delivery, at=LATER):
    done = take_back(delivery=delivery, by=UserFactory(), at=at)
    return done.withdrawn, done.corrections


def notices():
    return {
        (notice.kind, notice.state, notice.cancelled_for)
        for notice in Notice.objects.all()
    }


def test_mail_not_yet_sent_is_withdrawn(delivery, sent):
    assert undo(delivery) == (1, 0)
    assert send() == {}
    assert not sent
    assert notices() == {("delivery", "cancelled", "undone")}


def test_whoever_got_the_mail_gets_one_correction(delivery, sent):
    send()
    assert undo(delivery) == (0, 1)
    assert undo(delivery) == (0, 0)
    assert send() == {"sent": 1}
    assert send() == {}
    assert [recipients for recipients, _message in sent] == [["ichiro@example.jp"]] * 2
    assert notices() == {("delivery", "sent", ""), ("correction", "sent", "")}
    first, second = (message["Message-ID"] for _recipients, message in sent)
    assert first != second


def test_who_took_it_back_and_when_is_kept(delivery):
    undo(delivery)
    first = undo_state(delivery)
    undo(delivery, at=LATER + dt.timedelta(days=1))
    assert undo_state(delivery) == first
    assert first[0] == LATER


def undo_state(delivery):
    delivery.refresh_from_db()
    return delivery.undone_at, delivery.undone_by


def test_parked_mail_is_withdrawn_for_good(delivery, sent):
    Notice.objects.update(state="failed")
    Mail.objects.update(state="parked", settled_at=MORNING)
    assert undo(delivery) == (1, 0)
    assert set(Mail.objects.values_list("state", flat=True)) == {"withheld"}


def test_mail_that_is_just_going_out_is_corrected_once_it_is_sent(delivery, sent):
    done = []
    keeping.meanwhile[:] = [lambda: done.append(undo(delivery)), None]
    assert send() == {"sent": 2}
    assert done == [(1, 0)]
    assert send() == {}
    assert len(sent) == 2
    assert notices() == {("delivery", "sent", ""), ("correction", "sent", "")}


@pytest.mark.parametrize("moment", ["before", "after"])
def test_mail_whose_worker_died_is_not_repeated_but_corrected(delivery, sent, moment):
    """Nobody knows whether the server has it."""
    dies = [keeping.kill, None] if moment == "before" else [None, keeping.kill]
    keeping.meanwhile[:] = dies
    with pytest.raises(keeping.Killed):
        send()
    assert undo(delivery) == (1, 0)
    send(LATER + dt.timedelta(minutes=1))
    subjects = [message["Subject"] for _recipients, message in sent]
    assert len(subjects) == (1 if moment == "before" else 2)
    assert notices() == {
        ("delivery", "cancelled", "undone"),
        ("correction", "sent", ""),
    }


def test_attempt_without_an_answer_is_corrected(delivery, sent):
    def break_off():
        raise ConnectionResetError

    keeping.meanwhile[:] = [None, break_off]
    assert send() == {"waiting": 1}
    assert undo(delivery) == (1, 1)
    assert send() == {"sent": 1}


@pytest.mark.parametrize(
    "kept", [{"paused_until": DAY}, {"held_since": LATER, "held_for": "bounced"}]
)
def test_attempt_without_an_answer_is_corrected_though_held_back_since(
    delivery, family, sent, kept
):
    def break_off():
        raise ConnectionResetError

    keeping.meanwhile[:] = [None, break_off]
    assert send() == {"waiting": 1}
    Subscription.objects.update(**kept)
    assert send(LATER + dt.timedelta(minutes=1)) == {"withheld": 1}
    Subscription.objects.update(held_since=None, held_for="")
    assert count_corrections(delivery=delivery) == 1
    assert undo(delivery) == (0, 1)
    assert send(LATER + dt.timedelta(minutes=2)) == {"sent": 1}


def test_mail_that_the_server_put_off_is_withdrawn_without_a_word(settings, delivery):
    with mail_server(settings, answer=451):
        assert send() == {"waiting": 1}
    assert undo(delivery) == (1, 0)


def test_correction_in_the_night_waits_for_the_morning(delivery, sent):
    send()
    night = dt.datetime(2016, 10, 3, 13, 0, tzinfo=dt.UTC)
    undo(delivery, at=night)
    assert send(night) == {}
    assert send(night + dt.timedelta(hours=9)) == {"sent": 1}


def test_whoever_stopped_gets_no_correction(delivery, family, sent):
    send()
    Subscription.objects.update(ended_on=DAY, ended_how="link")
    assert undo(delivery) == (0, 0)
    assert send() == {}


def test_paused_family_gets_the_correction_of_what_it_was_told(delivery, sent):
    send()
    Subscription.objects.update(paused_until=DAY + dt.timedelta(days=9))
    undo(delivery)
    assert send() == {"sent": 1}


def test_correction_follows_the_family_to_its_new_address(delivery, family, sent):
    send()
    last = family
    for number in range(3):
        Subscription.objects.filter(pk=last.pk).update(
            ended_on=DAY, ended_how="address"
        )
        last = SubscriptionFactory(
            member_number="M1", email=f"new{number}@example.jp", replaces=last
        )
    assert undo(delivery) == (0, 1)
    send()
    assert sent[-1][0] == ["new2@example.jp"]


def test_correction_never_goes_to_an_address_not_confirmed(delivery, family, sent):
    send()
    SubscriptionFactory(
        member_number="M1", email="new@example.jp", replaces=family, confirmed_on=None
    )
    undo(delivery)
    send()
    assert sent[-1][0] == ["ichiro@example.jp"]


def test_each_family_is_corrected(family, sent):
    SubscriptionFactory(member_number="M1", email="jiro@example.jp")
    delivery = record_delivery(
        entry=ENTRY, workplace=WorkplaceFactory(), recorded_by=UserFactory(), at=MORNING
    )
    send()
    assert undo(delivery) == (0, 2)
    send()
    assert len(sent) == 4
    assert len({str(recipients) for recipients, _message in sent}) == 2


def test_id_that_was_taken_back_is_refused_and_the_remedy_named(delivery):
    undo(delivery)
    with pytest.raises(DeliveryConflict, match="D-1") as refused:
        record_delivery(
            entry=ENTRY,
            workplace=delivery.workplace,
            recorded_by=delivery.recorded_by,
            at=LATER,
        )
    assert [error.code for error in refused.value.error_list] == ["taken_back"]
    assert refused.value.reasons == {"D-1": TAKEN_BACK}
    again = record_delivery(
        entry=ENTRY._replace(external_id="D-2"),
        workplace=delivery.workplace,
        recorded_by=delivery.recorded_by,
        at=LATER,
    )
    assert again.notices.count() == 1
