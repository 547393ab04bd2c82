"""Two workers on two connections, and a database that goes away."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction

from outbox import holding, worker
from outbox.models import Mail
from outbox.worker import Sender
from tests.outbox.factories import MORNING, MailFactory

on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer"
)


def in_thread(work, *arguments):
    """Run on a connection of its own."""
    with ThreadPoolExecutor(1) as pool:

        def run():
            try:
                return work(*arguments)
            finally:
                connection.close()

        return pool.submit(run).result()


# One test, because a test with transactions takes seconds to clean up.
@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_workers_pass_over_what_others_hold_and_send_each_mail_once(server):
    MailFactory.create_batch(3)
    MailFactory.create_batch(37, held=True)
    at = MORNING + worker.LEASE
    one, two = (Sender(now=lambda: at) for _ in range(2))
    with transaction.atomic():
        assert len(one.claim(3)) == 3
        # Neither claims it what is claimed, nor takes it back what is taken back.
        assert in_thread(two.claim, 50) == []
    Mail.objects.update(**holding.FREE)
    start = threading.Barrier(3)

    def work():
        start.wait()
        try:
            return Sender(now=lambda: at, batch=3).run()["sent"]
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        counts = [one.result() for one in [pool.submit(work) for _ in range(3)]]
    assert sum(counts) == 40
    assert len({mail["Message-ID"] for mail in server.mails}) == len(server.mails) == 40


class Rounds:
    """Ends after so many rests."""

    def __init__(self, left):
        self.left = left

    def is_set(self):
        return self.left <= 0

    def wait(self, seconds):
        self.left -= 1


@pytest.mark.django_db
def test_what_was_sent_while_the_database_went_away_is_not_sent_again(
    server, monkeypatch, caplog
):
    MailFactory.create_batch(3)
    sender = Sender(now=lambda: MORNING, stop=Rounds(2))
    step, calls = worker.step, []

    def fail_once(**options):
        calls.append(options)
        if len(calls) == 1:
            raise OperationalError("花子")
        return step(**options)

    monkeypatch.setattr(worker, "step", fail_once)
    # The connection of a test is not to be closed.
    monkeypatch.setattr(worker.connection, "close", lambda: None)
    sender.follow()
    assert sender.counts == {"sent": 3}
    assert len(server.mails) == 3
    assert set(Mail.objects.values_list("state", "attempts")) == {("sent", 1)}
    assert "Database away (OperationalError)" in caplog.text
    assert "花子" not in caplog.text


@pytest.mark.django_db
def test_database_that_is_away_while_a_mail_is_written_parks_nothing(
    server, notebook, monkeypatch
):
    MailFactory(by_reference=True)
    answers = []

    def answer(reference, at):
        answers.append(reference)
        if len(answers) == 1:
            raise OperationalError
        return notebook.mail(reference, at)

    notebook.answer = answer
    monkeypatch.setattr(worker.connection, "close", lambda: None)
    sender = Sender(now=lambda: MORNING, stop=Rounds(2))
    sender.follow()
    assert sender.counts == {"sent": 1}
    # The first time it cannot have arrived.
    assert Mail.objects.get().attempts == 1


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_worker_goes_on_when_its_back_end_is_killed(server, notebook, monkeypatch):
    monkeypatch.setattr(worker, "IDLE_SECONDS", 0.05)
    pids, sender = [], Sender(now=lambda: MORNING)

    def answer(reference, at):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pids.extend(cursor.fetchone())
        if len(pids) == 1:
            in_thread(kill, pids[0])
        return notebook.mail(reference, at)

    notebook.answer = answer
    mails = MailFactory.create_batch(3, by_reference=True)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(follow, sender)
        try:
            wait_for(lambda: len(server.mails) == len(mails))
        finally:
            sender.stop.set()
        running.result()
    assert len(set(pids)) == 2
    assert sender.counts == {"sent": 3}
    assert len({mail["Message-ID"] for mail in server.mails}) == 3


def follow(sender):
    try:
        sender.follow()
    finally:
        connection.close()


def kill(pid):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])


def wait_for(condition):
    for _ in range(200):
        if condition():
            return
        threading.Event().wait(0.05)
    raise AssertionError
