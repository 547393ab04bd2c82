"""Mails of which nobody knows whether they arrived: corrected, and no others."""

import datetime as dt
import importlib
from contextlib import contextmanager

import pytest
from django.apps import apps

from deliveries.models import Notice, Subscription
from deliveries.services import (
    Entry,
    count_corrections,
    record_delivery,
    send_again,
    take_back,
)
from outbox import queue
from outbox.models import Mail
from outbox.worker import Sender
from tests.accounts.factories import UserFactory, WorkplaceFactory
from tests.deliveries import keeping
from tests.deliveries.factories import MORNING, SubscriptionFactory
from tests.outbox.factories import MailFactory
from tests.smtp import mail_server

pytestmark = pytest.mark.django_db
DAY = dt.date(2016, 10, 3)
MINUTE = dt.timedelta(minutes=1)
STALE = dt.timedelta(hours=19)


@pytest.fixture
def delivery():
    SubscriptionFactory(member_number="M1")
    return record_delivery(
        entry=Entry("D-1", "M1", DAY, dt.time(10, 5), "handed_over"),
        workplace=WorkplaceFactory(),
        recorded_by=UserFactory(),
        at=MORNING,
    )


def send(at):
    return dict(Sender(now=lambda: at).run())


def undo(delivery, at):
    done = take_back(delivery=delivery, by=UserFactory(), at=at)
    return done.withdrawn, done.corrections


def send_without_an_answer(at=MORNING, meanwhile=lambda: None):
    def break_off():
        meanwhile()
        raise ConnectionResetError

    keeping.meanwhile[:] = [None, break_off]
    assert send(at) == {"waiting": 1}


@contextmanager
def answering(settings, code):
    kept = settings.EMAIL_BACKEND, settings.OUTBOX_TRANSPORT
    with mail_server(settings, answer=code):
        yield
    settings.EMAIL_BACKEND, settings.OUTBOX_TRANSPORT = kept


def test_mail_that_was_only_held_back_is_not_corrected(delivery, sent):
    Subscription.objects.update(paused_until=DAY)
    assert send(MORNING) == {"withheld": 1}
    assert count_corrections(delivery=delivery) == 0
    assert undo(delivery, MORNING + MINUTE) == (0, 0)


def test_mail_that_was_never_tried_and_grew_stale_is_not_corrected(delivery, sent):
    assert send(MORNING + STALE) == {"expired": 1}
    assert undo(delivery, MORNING + STALE) == (0, 0)


def test_answer_to_a_later_attempt_tells_nothing_about_the_first(settings, delivery):
    send_without_an_answer()
    with answering(settings, 451):
        assert send(MORNING + MINUTE) == {"waiting": 1}
    assert undo(delivery, MORNING + 2 * MINUTE) == (1, 1)


def test_doubt_stays_when_a_parked_mail_goes_once_more(settings, delivery):
    send_without_an_answer()
    with answering(settings, 550):
        assert send(MORNING + MINUTE) == {"parked": 1}
    Subscription.objects.update(held_since=None, held_for="")
    send_again(notice=Notice.objects.get(), at=MORNING + 2 * MINUTE)
    assert undo(delivery, MORNING + 3 * MINUTE) == (1, 1)


@pytest.mark.parametrize("back_after", [MINUTE, STALE], ids=["fresh", "stale"])
def test_mail_undone_while_it_went_out_without_an_answer_is_corrected(
    delivery, sent, back_after
):
    done = []
    send_without_an_answer(meanwhile=lambda: done.append(undo(delivery, MORNING)))
    assert done == [(1, 0)]
    send(MORNING + back_after)
    # A correction in the night waits for the morning.
    send(MORNING + STALE + dt.timedelta(hours=3))
    [correction] = Notice.objects.filter(kind="correction")
    assert correction.state == "sent"
    assert len(sent) == 2


def test_mail_of_a_dead_worker_is_in_doubt_and_one_it_only_held_is_not(sent):
    began, held = (
        MailFactory(key="began", held=True),
        MailFactory(key="held", held=True),
    )
    Mail.objects.filter(pk=began.pk).update(begun_at=MORNING, attempts=1)
    keys = [began.key, held.key]
    assert queue.in_doubt(keys) == set()
    Sender(now=lambda: MORNING + MINUTE).claim(10)
    assert queue.in_doubt(keys) == {"began"}


@pytest.mark.parametrize(
    ("row", "is_filled"),
    [
        ({"attempts": 0}, False),
        ({"attempts": 1, "last_error": "SMTPServerDisconnected"}, True),
        ({"attempts": 1, "last_error": "SMTPDataError 451"}, False),
        # A dead worker's, taken back.
        ({"attempts": 1}, True),
        ({"attempts": 1, "held": True, "begun_at": MORNING}, False),
        ({"attempts": 2, "held": True, "begun_at": MORNING}, True),
        ({"attempts": 1, "state": "withheld", "settled_at": MORNING}, False),
        ({"attempts": 2, "state": "withheld", "settled_at": MORNING}, True),
        ({"attempts": 1, "state": "sent", "settled_at": MORNING}, False),
    ],
)
def test_rows_of_before_are_filled_from_attempts_and_errors(row, is_filled):
    mail = MailFactory(**row)
    name = "outbox.migrations.0004_fill_may_have_arrived"
    importlib.import_module(name).forwards(apps, None)
    mail.refresh_from_db()
    assert mail.may_have_arrived is is_filled
