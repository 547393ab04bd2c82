"""When the worker writes: not while idle, nor while it talks to the mail server."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from outbox import transport
from outbox.models import Mail
from outbox.worker import Sender
from tests.outbox.factories import MORNING, MailFactory, after
from tests.smtp import DROP

pytestmark = pytest.mark.django_db


def test_idle_worker_only_looks():
    MailFactory(due_at=after(hours=1))
    sender = Sender(now=lambda: MORNING)
    with CaptureQueriesContext(connection) as queries:
        assert sender.claim(50) == []
    assert [query["sql"].split()[0] for query in queries] == ["SELECT", "SELECT"]


def test_no_transaction_is_open_while_a_mail_is_written_or_handed_over(
    server, notebook, monkeypatch
):
    outside, inside = list(connection.savepoint_ids), []
    hand_over = transport.SmtpBackend.hand_over

    def look(*arguments):
        inside.append(list(connection.savepoint_ids))
        return hand_over(*arguments)

    def answer(reference, at):
        inside.append(list(connection.savepoint_ids))
        return notebook.mail(reference, at)

    monkeypatch.setattr(transport.SmtpBackend, "hand_over", look)
    notebook.answer = answer
    MailFactory.create_batch(2, by_reference=True)
    assert Sender(now=lambda: MORNING).run() == {"sent": 2}
    assert inside == [outside] * 4


def test_what_is_done_is_recorded_before_connecting_anew(server, monkeypatch):
    states, connect = [], transport.connect

    def look():
        states.append(sorted(Mail.objects.values_list("state", flat=True)))
        return connect()

    monkeypatch.setattr(transport, "connect", look)
    MailFactory.create_batch(2)
    server.answers["END"] = [DROP]
    Sender(now=lambda: MORNING).run()
    # The first one waits again; only the second one is held.
    assert states == [["sending", "sending"], ["sending", "waiting"]]


def test_mail_costs_the_same_few_queries_however_many_there_are(server):
    MailFactory.create_batch(2)
    counts = []
    for more in (0, 20):
        MailFactory.create_batch(2 + more)
        with CaptureQueriesContext(connection) as queries:
            sent = Sender(now=lambda: MORNING, pace=0.01).run()["sent"]
        counts.append((len(queries), sent))
    (few, some), (many, all_of_them) = counts
    assert (many - few) / (all_of_them - some) <= 4
