"""`/healthz` tells how mails stand; `/healthz?mail` tells it by the status."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from tests.outbox.factories import MailFactory, WorkerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at(monkeypatch):
    """An instant at which it is asked."""
    instant = dt.datetime(2016, 10, 3, 1, 30, tzinfo=dt.UTC)
    monkeypatch.setattr("config.health.timezone.now", lambda: instant)
    return instant


def ask(url="/healthz?mail"):
    answer = Client().get(url)
    return answer.status_code, answer.text


def test_all_is_well_while_a_worker_lives_and_nothing_waits_long(at):
    WorkerFactory(seen_at=at)
    MailFactory(due_at=at - dt.timedelta(minutes=10))
    MailFactory(state="parked", settled_at=at)
    assert ask() == (200, "ok\nmail: ok\nparked mails: 1")


def test_late_mail_is_told(at):
    WorkerFactory(seen_at=at)
    MailFactory(due_at=at - dt.timedelta(minutes=11, seconds=5))
    status, text = ask()
    assert status == 503
    assert text.startswith("not ok\nmail: late, the oldest due mail waits for 11 min\n")


def test_dead_worker_is_told(at):
    WorkerFactory(seen_at=at - dt.timedelta(minutes=2))
    assert ask() == (503, "not ok\nmail: no worker\nparked mails: 0")


def test_pages_are_well_without_any_mail():
    MailFactory(due_at=timezone.now() - dt.timedelta(days=1))
    status, text = ask("/healthz")
    assert status == 200
    assert text.startswith("ok\nmail: late")
