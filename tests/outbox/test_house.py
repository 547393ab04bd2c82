"""The pulse of workers, and old rows."""

import datetime as dt

import pytest

from outbox import holding, queue
from outbox.models import Mail, Worker
from outbox.worker import KEEP, PULSE, Sender
from tests.outbox.factories import MORNING, MailFactory, WorkerFactory, after

pytestmark = pytest.mark.django_db


def test_worker_that_follows_is_seen_at_once_and_gone_when_it_ends(server):
    seen = []
    sender = Sender(now=lambda: MORNING)

    class Stop:
        def is_set(self):
            return bool(seen)

        def wait(self, seconds):
            seen.append(queue.standing(MORNING).seen_at)

    sender.stop = Stop()
    sender.follow()
    assert seen == [MORNING]
    assert not Worker.objects.exists()


def test_worker_with_a_long_batch_goes_on_telling_of_itself(server):
    MailFactory.create_batch(3)
    sender = Sender(now=lambda: MORNING)
    sender.run(limit=1)
    later = MORNING + PULSE
    sender.now = lambda: later
    mails = sender.claim(50)
    sender.send(mails)
    sender._close()
    assert queue.standing(later).seen_at == later


def test_nobody_sends_when_nothing_was_heard_for_a_minute():
    WorkerFactory()
    assert not queue.standing(after(seconds=60)).is_stopped
    assert queue.standing(after(seconds=61)).is_stopped


def test_dead_workers_are_forgotten_by_those_that_live():
    WorkerFactory()
    alive = WorkerFactory(seen_at=after(minutes=5))
    holding.pulse(name=alive.name, at=after(minutes=11))
    assert list(Worker.objects.all()) == [alive]


def test_oldest_due_mail_says_how_late_the_queue_is():
    MailFactory(due_at=after(minutes=10))
    MailFactory(held=True, due_at=after(minutes=-3))
    MailFactory(state="sent", settled_at=MORNING, due_at=after(hours=-3))
    standing = queue.standing(MORNING)
    assert standing.oldest_due_at == after(minutes=-3)
    assert standing.is_late(dt.timedelta(minutes=2))
    assert not standing.is_late(dt.timedelta(minutes=3))


def test_what_was_settled_long_ago_is_deleted_and_the_rest_is_kept(server):
    old = {"created_at": after(days=-1), "settled_at": MORNING}
    MailFactory(state="sent", **old)
    MailFactory(state="parked", **old)
    waiting = MailFactory(created_at=after(days=-1), due_at=after(days=365))
    young = MailFactory(state="sent", settled_at=after(seconds=1))
    at = MORNING + KEEP
    Sender(now=lambda: at + dt.timedelta(seconds=1)).run()
    assert set(Mail.objects.all()) == {waiting, young}


def test_server_that_is_away_is_asked_less_and_less_often(server, caplog):
    MailFactory()
    server.answers["CONNECT"] = 554
    waits = []
    sender = Sender(now=lambda: MORNING)

    class Stop:
        def is_set(self):
            return len(waits) == 7

        def wait(self, seconds):
            waits.append(seconds)

    sender.stop = Stop()
    sender.follow()
    assert waits == [1, 2, 4, 8, 16, 30, 30]
    assert Mail.objects.get().attempts == 0
    assert "554" in caplog.text


def test_mail_held_in_reserve_is_not_waited_for(monkeypatch):
    """Whoever pauses is answered at once: the consent is read when its turn comes."""
    mail = MailFactory(by_reference=True, held=True)
    monkeypatch.setattr(queue.timezone, "now", lambda: MORNING)
    assert queue.wait_until_settled([mail.key], 0)
