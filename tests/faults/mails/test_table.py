"""The lines about mails tell what is lost, doubled, late or smuggled in."""

import random
import smtplib
from types import SimpleNamespace

import pytest

from tests.faults.mails import headers, mails, operations, results, scanners, stops
from tests.faults.mails.faults import IN_MAIL, Fault, Faults
from tests.faults.mails.sink import Sink, Taken
from tests.faults.mails.stops import Stop

ELSE = "mails to somebody else"
WANTED = {"<1@a>": "one@a", "<2@a>": "two@a"}


class Database:
    """Answers every statement alike."""

    vendor = "sqlite"

    def __init__(self, *rows):
        self.answer = rows

    def rows(self, statement):
        return self.answer


SENT = Database(("sent", "<1@a>"), ("sent", "<2@a>"))


def taken(message_id, *recipients, begun_at=0.0, ended_at=0.0, content=b""):
    return Taken(message_id, "coop@a", list(recipients), begun_at, ended_at, content)


BOTH = [taken("<1@a>", "one@a"), taken("<2@a>", "two@a")]


def broken(lines):
    return {line.text: line.found for line in lines if not line.is_kept}


def of_mails(*mails, in_doubt=0, database=SENT):
    sink = SimpleNamespace(taken=mails)
    return broken(results.compare(database, sink, WANTED, in_doubt))


@pytest.mark.parametrize(
    ("arrived", "found"),
    [
        (BOTH, {}),
        (BOTH[:1], {"mails lost": 1}),
        ([*BOTH, BOTH[0]], {"extra copies": 1}),
        ([*BOTH, taken("<3@a>", "two@a")], {"mails of two Message-IDs": 1, ELSE: 1}),
        ([BOTH[0], taken("<2@a>", "one@a")], {ELSE: 1}),
        ([BOTH[0], taken("<2@a>", "two@a", "x@a")], {ELSE: 1}),
    ],
    ids=["well", "lost", "doubled", "another name", "swapped", "one more"],
)
def test_mails_that_did_not_arrive_as_queued_are_found(arrived, found):
    assert of_mails(*arrived) == found


def test_copies_are_explained_by_swallowed_answers_and_kills_only():
    assert of_mails(*BOTH, BOTH[0], in_doubt=1) == {}
    assert of_mails(*BOTH, BOTH[0], BOTH[0], in_doubt=1) == {"extra copies": 2}


def test_queue_that_believes_otherwise_is_found():
    text = "mails that the queue says were sent"
    believes = Database(("sent", "<1@a>"), ("parked", "<2@a>"))
    assert of_mails(*BOTH, database=believes) == {text: 1}


def kill(at, *held):
    return SimpleNamespace(at=at, held=set(held), in_flight=set())


def test_mail_of_a_dead_worker_that_is_out_too_late_is_found():
    def late(kills, *tries):
        sink = SimpleNamespace(tried=[(at, "one@a") for at in tries])
        return sum(broken(mails.after_deaths(sink, WANTED, kills)).values())

    assert late([kill(100, "<1@a>")], 99, 130) == 0
    assert late([kill(100, "<1@a>")], 99, 131) == 1
    # The second who held it was killed as well: its time counts from there.
    assert late([kill(100, "<1@a>"), kill(120, "<1@a>")], 131) == 0
    assert late([kill(100, "<1@a>"), kill(120, "<1@a>")], 151) == 1


def of_stops(*mails):
    families = [["one@a", ""], ["two@a", ""]]
    return broken(stops.compare(families, {"one@a": Stop(10, 20, 200)}, mails))


def test_mail_that_leaves_after_the_answer_is_found():
    def one(begun_at, ended_at):
        mail = taken("<1@a>", "one@a", begun_at=begun_at, ended_at=ended_at)
        return of_stops(mail, BOTH[1])

    assert one(12, 19) == {}
    assert one(21, 22)["mails begun after the answer"] == 1
    assert one(12, 21)["mails still under way at the answer"] == 1
    text = "mails lost of those who did not stop"
    assert of_stops(taken("<1@a>", "one@a", begun_at=12, ended_at=13)) == {text: 1}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"To: one@a\r\nX-Evil: 1\r\n\r\nx\r\n", "headers that nobody wrote"),
        (b"To: one@a\r\nBcc: x@y\r\n\r\nx\r\n", "headers that nobody wrote"),
        (b"To: one@a\r\nTo: x@y\r\n\r\nx\r\n", "headers that stand twice"),
        (b"To: one@a\r\n\r\nx\n.\r\n", headers.BARE_TEXT),
        (b"To: one@a\r\n\r\nx\r.\r\n", headers.BARE_TEXT),
    ],
)
def test_what_nobody_wrote_is_found_in_a_mail(content, text):
    whole = taken("", "one@a", content=b"To: one@a\r\n\r\nx\r\n")
    assert broken(headers.compare([whole], {"one@a"})) == {}
    assert broken(headers.compare([taken("", content=content)], set())) == {text: 1}


def test_recipient_whom_nobody_named_is_found():
    mail = taken("", "one@a", "third@evil.example")
    text = "recipients and senders that nobody wrote"
    assert broken(headers.compare([mail], {"one@a"})) == {text: 1}


def test_what_the_books_found_wrong_is_not_kept():
    played = {
        "done": {"send": 3, "stop": 2},
        "refused": 1,
        "troubles": {"cut": 1},
        "worlds": 1,
        "mails": 2,
        "unwanted": {},
        "problems": {"mails sent twice": 0},
        "bad": [],
    }
    assert broken(operations.compare(played, 5)) == {}
    assert broken(operations.compare(played, 6)) == {"operations done": 5}
    twice = played | {"problems": {"mails sent twice": 1}}
    assert broken(operations.compare(twice, 5)) == {"mails sent twice": 1}
    lines = operations.compare(played | {"unwanted": {"paused": 2}, "bad": [7]}, 5)
    assert broken(lines) == {"mails to somebody who had not consented": 2}
    found = {line.text: line.found for line in lines}
    assert found["  paused"] == 2
    assert found["a world in which something was found"] == 7


def test_links_are_found_in_text_markup_and_headers():
    content = (
        b"List-Unsubscribe: <http://a.example/stop/1/>\r\n"
        b"Content-Type: text/html; charset=utf-8\r\n\r\n"
        b'<a href="http://a.example/see/?a=1&amp;b=2">x</a> http://a.example/see/2/.'
    )
    assert scanners.links_of(content) == {"/stop/1/", "/see/?a=1&b=2", "/see/2/"}


def test_row_that_changed_is_found_in_whatever_order():
    assert scanners.digest([(1, "a"), (2, "b")]) == scanners.digest(
        [(2, "b"), (1, "a")]
    )
    assert scanners.digest([(1, "a")]) != scanners.digest([(1, "b")])


def test_every_fault_strikes_as_often_as_promised():
    faults = Faults(2, 20, random.Random(1))  # noqa: S311 - to be run again
    with Sink(faults=faults) as sink:
        while faults.injected.total() < 2 * len(Fault):
            try:
                with smtplib.SMTP("127.0.0.1", sink.port, timeout=0.1) as client:
                    while True:
                        client.sendmail("a@a", ["one@a"], "Message-ID: <1@a>\r\n\r\nx")
            except OSError:
                pass
    assert faults.injected == dict.fromkeys(Fault, 2)
    copies = sum(mail.message_id == "<1@a>" for mail in sink.taken)
    assert copies >= 20 - 2 * len(IN_MAIL) + 2
    assert sink.seen == {"<1@a>"}
