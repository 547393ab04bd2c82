"""Stop against send: no mail leaves after the stop was answered."""

import threading
import time
from contextlib import suppress
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from deliveries import subscribing
from deliveries.links import Purpose
from deliveries.models import Notice, Subscription
from deliveries.services import queue_notices
from outbox.worker import Sender
from tests.deliveries import keeping
from tests.deliveries.factories import MORNING, NoticeFactory, SubscriptionFactory
from tests.deliveries.families import make_link, path_of

ROUNDS = 5
HOOKED = "tests.deliveries.test_stop_waits.HookedBackend"


class HookedBackend(keeping.KeepingBackend):
    """Calls `hook` while a mail is going out."""

    hook = None

    def hand_over(self, mail):
        type(self).hook()
        return super().hand_over(mail)


@pytest.fixture(autouse=True)
def clock(monkeypatch, settings):
    """Let leases be compared with the clock of the worker."""
    monkeypatch.setattr("outbox.queue.timezone", SimpleNamespace(now=lambda: MORNING))
    settings.OUTBOX_TRANSPORT = HOOKED


def queued(subscription, count=1):
    notices = NoticeFactory.create_batch(count, subscription=subscription)
    queue_notices(notices, MORNING)


def stop(subscription):
    return subscribing.stop(subscription=subscription, how="link", at=MORNING)


def send():
    return dict(Sender(now=lambda: MORNING).run())


@pytest.mark.django_db
def test_stop_in_the_middle_of_a_mail_says_so_and_lets_no_other_go(monkeypatch, sent):
    row = SubscriptionFactory()
    queued(row, count=3)
    answers = []
    monkeypatch.setattr(subscribing, "WAIT_SECONDS", 0)
    monkeypatch.setattr(HookedBackend, "hook", lambda: answers.append(stop(row)))
    assert send() == {"sent": 1}
    assert answers == [False]
    assert len(sent) == 1
    states = Notice.objects.order_by("state").values_list("state", flat=True)
    assert list(states) == ["cancelled", "cancelled", "sent"]
    # Now that its outcome is known, the answer is the sure one.
    assert stop(row)


@pytest.mark.django_db
def test_page_tells_that_a_mail_was_on_its_way(monkeypatch, client, sent):
    link = make_link(Purpose.STOP)
    queued(link.subscription)
    states = []
    monkeypatch.setattr(subscribing, "WAIT_SECONDS", 0)
    monkeypatch.setattr(
        HookedBackend,
        "hook",
        lambda: states.append(client.post(path_of(link)).context["state"]),
    )
    send()
    assert states == ["on_its_way"]
    assert client.post(path_of(link)).context["state"] == "stopped"


@pytest.mark.django_db
def test_pause_in_the_middle_of_a_mail_says_so(monkeypatch, sent):
    row = SubscriptionFactory()
    queued(row, count=2)
    answers = []
    monkeypatch.setattr(subscribing, "WAIT_SECONDS", 0)
    monkeypatch.setattr(
        HookedBackend,
        "hook",
        lambda: answers.append(
            subscribing.pause(subscription=row, until=MORNING.date(), at=MORNING)
        ),
    )
    assert send() == {"sent": 1, "withheld": 1}
    assert answers == [False]


@pytest.mark.django_db(transaction=True)
def test_stop_waits_for_the_mail_that_is_going_out(monkeypatch, sent):
    if connection.vendor == "sqlite":
        pytest.skip("tests on SQLite run in memory, in one connection")
    row = SubscriptionFactory()
    queued(row, count=2)
    goes_out, goes_on = threading.Event(), threading.Event()

    def hook():
        goes_out.set()
        assert goes_on.wait(timeout=10)

    def work():
        try:
            send()
        finally:
            connection.close()

    monkeypatch.setattr(HookedBackend, "hook", hook)
    worker = threading.Thread(target=work)
    worker.start()
    assert goes_out.wait(timeout=10)
    looked = []

    def look_again(seconds):
        # The end is committed, and the mail still stands in the server's door.
        if not looked:
            looked.append((Subscription.objects.get().is_open, len(sent)))
        goes_on.set()
        time.sleep(seconds)

    waiting = SimpleNamespace(sleep=look_again, monotonic=time.monotonic)
    monkeypatch.setattr("outbox.queue.time", waiting)
    assert stop(row)
    assert looked == [(False, 0)]
    # Answered: the one mail is out, and nothing follows.
    assert len(sent) == 1
    worker.join(timeout=10)
    assert len(sent) == 1
    assert Notice.objects.filter(state="sent").count() == 1


@pytest.mark.django_db(transaction=True)
def test_answer_of_the_new_address_and_stop_at_once_end_both():
    if connection.vendor == "sqlite":
        pytest.skip("tests on SQLite run in memory, in one connection")
    old = SubscriptionFactory()
    for number in range(ROUNDS):
        Subscription.objects.update(ended_on=None, ended_how="")
        Subscription.objects.exclude(pk=old.pk).delete()
        new = subscribing.change_address(
            subscription=old, email=f"new{number}@example.jp", at=MORNING
        )
        link = new.links.get()
        together = threading.Barrier(2)

        def answer(link=link, together=together):
            together.wait(timeout=10)
            try:
                with suppress(ValidationError):
                    subscribing.confirm(link=link, at=MORNING)
            finally:
                connection.close()

        family = threading.Thread(target=answer)
        family.start()
        together.wait(timeout=10)
        stop(old)
        family.join(timeout=10)
        assert not Subscription.objects.filter(ended_on__isnull=True).exists()
