"""`send_notices`: once, and until it is stopped; the time-outs of a mail."""

import datetime as dt
import os
import signal
import smtplib
import time
from io import StringIO

import pytest
from django.core.mail import EmailMessage, send_mail
from django.core.management import CommandError, call_command
from django.db import OperationalError

from outbox import holding, transport
from outbox.models import Mail
from tests.outbox.factories import MailFactory
from tests.smtp import DRIP, DROP, STALL

# The command goes by the real clock.
NEVER = dt.datetime(9000, 1, 1, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


def run(**options):
    out = StringIO()
    try:
        call_command("send_notices", stdout=out, **options)
    finally:
        run.told = out.getvalue().strip()
    return run.told


def test_command_tells_how_many_ended_in_which_state(server):
    for _ in range(3):
        send_mail("s", "t", None, ["a@example.test"])
    server.answers["END"] = [250, 451]
    told = run(limit=2)
    assert told.startswith("waiting 1, sending 0, sent 1, parked 0")
    assert Mail.objects.filter(state="waiting").count() == 2


def test_negative_limit_is_refused_in_words(server):
    send_mail("s", "t", None, ["a@example.test"])
    with pytest.raises(CommandError, match="--limit"):
        run(limit=-1)
    assert Mail.objects.get().state == Mail.State.WAITING


def test_server_that_is_away_is_told_and_counts_are_printed(server):
    send_mail("s", "t", None, ["a@example.test"])
    server.answers["CONNECT"] = 554
    with pytest.raises(CommandError, match="mail server takes no mail.* 554"):
        run()
    assert run.told.startswith("waiting 0")


def test_database_that_is_away_is_told(server, monkeypatch):
    def fail(**options):
        raise OperationalError

    monkeypatch.setattr(holding, "claim", fail)
    with pytest.raises(CommandError, match="database cannot be reached"):
        run()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_follow_ends_within_a_mail_when_it_is_told_to(server, notebook, number):
    before = signal.getsignal(number)

    def answer(reference, at):
        os.kill(os.getpid(), number)
        # The thread that sets the event may need a moment.
        time.sleep(0.05)
        return notebook.mail(reference, at)

    notebook.answer = answer
    MailFactory.create_batch(3, by_reference=True, expires_at=NEVER)
    assert "sent 1," in run(follow=True)
    assert Mail.objects.filter(state="waiting", claimed_by="").count() == 2
    assert signal.getsignal(number) == before


@pytest.fixture
def hurried(settings):
    settings.EMAIL_TIMEOUT, settings.OUTBOX_MAIL_SECONDS = 5, 0.3


def hand_over():
    connection = transport.connect()
    try:
        began = time.monotonic()
        content = EmailMessage("s", "t").message().as_bytes()
        with pytest.raises(smtplib.SMTPServerDisconnected):
            connection.hand_over(
                transport.ReadyMail("c@example.test", ["a@example.test"], content)
            )
        assert time.monotonic() - began < 2
        assert not connection.is_open
    finally:
        connection.close()


@pytest.mark.parametrize("step", ["MAIL", "END"])
def test_server_that_stalls_costs_no_more_than_the_time_of_a_mail(
    server, hurried, step
):
    server.answers[step] = STALL
    hand_over()


def test_server_that_drips_its_answer_costs_no_more_than_that(server, hurried):
    server.answers["END"] = DRIP
    hand_over()


def test_connecting_costs_no_more_than_that_either(server, hurried):
    server.answers["CONNECT"] = DRIP
    began = time.monotonic()
    with pytest.raises(OSError, match="."):
        transport.connect()
    assert time.monotonic() - began < 2


def test_goodbye_that_fails_is_no_error(server):
    MailFactory(expires_at=NEVER)
    server.answers["QUIT"] = DROP
    assert "sent 1," in run()


def test_mails_land_as_files_without_a_server(settings, tmp_path):
    settings.OUTBOX_TRANSPORT = "outbox.transport.FileBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    send_mail("件名", "本文", None, ["a@example.test"])
    run()
    [file] = (tmp_path / "mail").iterdir()
    assert file.suffix == ".eml"
    assert b"Message-ID" in file.read_bytes()
