"""In one breath or step by step: a server's answers mean the same."""

import smtplib
import socket
import threading
import time
from contextlib import closing

import pytest

from outbox.client import Client
from tests.smtp import DROP

ADDRESSES = ["a@example.jp", "b@example.jp"]
CONTENT = b"Subject: x\r\n\r\n.\r\n..two\r\nthe end"
# What the server does at which step; the empty one is a server that behaves.
PLANS = [
    {},
    *({step: code} for step in ("MAIL", "DATA", "END") for code in (451, 550, 421)),
    *({step: DROP} for step in ("MAIL", "RCPT", "DATA", "END")),
    {"RCPT": 451},
    {"RCPT": 421},
    {"a@example.jp": 550},
    {"b@example.jp": 421},
    {"a@example.jp": 550, "DATA": 451},
    {"a@example.jp": 550, "b@example.jp": 451},
]


def hand_over(server, plan, offers):
    """Return what became of a mail, what the server has, and of a second mail."""
    server.answers, server.offers = dict(plan), offers
    server.envelopes.clear()
    with closing(Client(*server.server_address, timeout=5)) as client:
        found = [attempt(client)]
        server.answers = {}
        found.append(attempt(client))
    return found, list(server.envelopes)


def attempt(client):
    try:
        return client.sendmail("from@example.jp", ADDRESSES, CONTENT)
    except smtplib.SMTPServerDisconnected:
        return "gone"
    except smtplib.SMTPException as error:
        return type(error), error.args


@pytest.mark.parametrize("plan", PLANS, ids=str)
def test_one_breath_ends_as_step_by_step_does(server, plan):
    expected = hand_over(server, plan, [])
    found = hand_over(server, plan, ["PIPELINING"])
    assert found == expected


def test_text_arrives_as_it_was(server):
    _found, [(sender, recipients, data), _second] = hand_over(
        server, {}, ["PIPELINING", "SIZE 1000"]
    )
    assert (sender, list(recipients)) == ("from@example.jp", ADDRESSES)
    assert data == CONTENT + b"\r\n"


@pytest.mark.parametrize("step", ["MAIL", "RCPT"])
def test_server_that_awaits_a_text_for_nobody_gets_none(server, step):
    plan = {step: 550, "DATA": 354}
    [(kind, _args), second], mails = hand_over(server, plan, ["PIPELINING"])
    assert kind in (smtplib.SMTPSenderRefused, smtplib.SMTPRecipientsRefused)
    assert (second, mails) == ("gone", [])


def test_it_takes_two_trips_where_it_took_four(server, monkeypatch):
    written = []
    send = smtplib.SMTP.send
    monkeypatch.setattr(
        smtplib.SMTP, "send", lambda self, s: (written.append(s), send(self, s))[1]
    )
    server.offers = ["PIPELINING"]
    with closing(Client(*server.server_address, timeout=5)) as client:
        client.ehlo()
        written.clear()
        attempt(client)
    assert len(written) == 2


@pytest.mark.parametrize("trick", ["\r\nRCPT TO:<x@example.jp>", "\n", "> <x", "\r"])
@pytest.mark.parametrize("of_sender", [True, False])
def test_address_cannot_end_its_line(server, trick, of_sender):
    bad, good = f"a{trick}@example.jp", "b@example.jp"
    sender, recipient = (bad, good) if of_sender else (good, bad)
    with (
        closing(Client(*server.server_address, timeout=5)) as client,
        pytest.raises(ValueError, match="line break"),
    ):
        client.sendmail(sender, [recipient], CONTENT)
    assert server.recipients == []


def test_large_text_over_a_slow_line_has_the_time_of_a_mail():
    ours, theirs = socket.socketpair()

    def read_late():
        time.sleep(0.5)
        while theirs.recv(1 << 20):
            pass

    reader = threading.Thread(target=read_late, daemon=True)
    reader.start()
    client = Client(timeout=0.1)
    client.sock = ours
    with closing(client):
        client.send(b"x" * 10_000_000)
    reader.join(5)
    theirs.close()
    assert not reader.is_alive()
