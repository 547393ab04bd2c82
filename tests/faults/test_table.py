"""The table of `make faults` tells what is missing, doubled or overwritten."""

import json
import random
import socketserver
import threading
import uuid
from collections import Counter
from http.server import BaseHTTPRequestHandler

import pytest

from tests.faults import __main__, edits, keys, reads, reports, stack
from tests.faults.forms import Forms, as_stored
from tests.faults.people import Broken, Person
from tests.faults.promises import at_least, exactly
from tests.faults.proxy import Cut, CuttingProxy

OTHERWISE = "with another text than sent"
FORMS = Forms([1, 2, 3], seed=1)
FIRST, SECOND = FORMS.next(), FORMS.next()
KEYS = [FIRST["client_key"], SECOND["client_key"]]
ROWS = [
    (KEYS[0], 1, *as_stored(FIRST)),
    (uuid.UUID(KEYS[1]), 2, *as_stored(SECOND)),
]
TOLD = {KEYS[0]: [1], KEYS[1]: [2, 2]}


class Database:
    """Answers one statement after the other."""

    def __init__(self, *answers):
        self.answers = list(answers)

    def rows(self, statement):
        return self.answers.pop(0)


def broken(lines):
    return {line.text: line.found for line in lines if not line.is_kept}


def of_reports(rows, told=TOLD, entries=((1,), (2,))):
    return broken(reports.compare(Database(rows, entries), FORMS.sent, told))


def test_what_is_stored_as_told_is_in_order():
    assert of_reports(ROWS) == {}


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (ROWS[:1], {"missing": 1, "under another number than told": 1}),
        (
            [*ROWS, (KEYS[1], 2, *as_stored(SECOND))],
            {"doubled": 1, "under another number than told": 1},
        ),
        (
            [ROWS[0], (KEYS[1], 2, "半分", *ROWS[1][3:])],
            {OTHERWISE: 1},
        ),
        ([ROWS[0], (*ROWS[1][:-1], 1)], {OTHERWISE: 1}),
        (
            [*ROWS, (str(uuid.UUID(int=9)), 2, "", "", "", "", 0)],
            {"that nobody sent": 1},
        ),
    ],
    ids=["missing", "doubled", "cut short", "sign lost", "unknown"],
)
def test_reports_that_are_not_as_sent_are_found(rows, found):
    assert of_reports(rows) == found


def test_numbers_and_entries_of_the_history_are_counted():
    other = TOLD | {KEYS[1]: [2, 3]}
    assert of_reports(ROWS, told=other) == {"under another number than told": 1}
    text = "without their one entry in the history"
    assert of_reports(ROWS, entries=[(1,)]) == {text: 1}
    assert of_reports(ROWS, entries=[(1,), (2,), (2,)]) == {text: 1}


def of_keys(rows, notes):
    disputed = {KEYS[0]: FIRST | {"narrative": "another"}}
    return broken(keys.compare(Database(rows, notes), FORMS.sent, KEYS, disputed))


def test_a_second_text_that_is_not_kept_is_found():
    rows = [(key, pk, narrative) for key, pk, narrative, *_rest in ROWS]
    note = (1, "in your own words: another")
    text = "keys sent with two texts, both kept"
    assert of_keys(rows, [note]) == {}
    assert of_keys(rows, []) == of_keys(rows, [note, note]) == {text: 0}
    assert of_keys(rows, [(1, "another half")]) == {text: 0}
    assert of_keys([(KEYS[0], 1, "half"), rows[1]], [note]) == {text: 0}
    assert of_keys([*rows, rows[1]], [note]) == {"rows under these keys": 3}


def of_edits(corrections, rows):
    texts = {7: ["sent", "first", "second"]}
    return broken(edits.compare(Database(corrections, rows), texts))


def test_a_text_overwritten_without_a_trace_is_found():
    kept = [(7, json.dumps({"narrative": "sent"})), (7, {"narrative": "first"})]
    assert of_edits(kept, [(7, "second", 3)]) == {}
    assert of_edits(kept[:1], [(7, "second", 3)]) == {
        "texts overwritten without a trace": 1
    }
    assert of_edits(kept, [(7, "third", 4)]) == {
        "texts overwritten without a trace": 1,
        "texts kept that nobody was told were stored": 1,
        "reports whose version counts otherwise": 1,
    }


def test_a_read_without_its_row_is_found_whoever_else_looked():
    begun, asked = Counter({("a", 1): 2}), Counter({("a", 1): 3})

    def found(*rows):
        return broken(reads.compare(Database(rows), asked, begun))

    assert found(("a", 1, 2)) == found(("a", 1, 3)) == {}
    text = "reads without their row"
    assert found(("a", 1, 1)) == {text: 1}
    assert found(("a", 2, 2), ("b", 1, 2))[text] == 2
    assert found(("a", 1, 4)) == {"rows without a request": 1}


def test_a_promise_is_kept_only_in_full():
    assert at_least("", 3, 3).is_kept
    assert not at_least("", 2, 3).is_kept
    assert exactly("", 0, 0).is_kept
    assert not exactly("", 4, 3).is_kept
    assert "NOT KEPT" in str(exactly("missing", 1, 0))


def test_without_a_postgresql_of_its_own_it_says_so(monkeypatch, capsys):
    monkeypatch.setattr(stack, "programs", lambda: None)
    monkeypatch.setattr("sys.argv", ["faults"])
    assert "NO POSTGRESQL" in stack.missing("postgresql")
    assert stack.missing("sqlite") == ""
    assert __main__.main() == 1
    assert "Nothing was run." in capsys.readouterr().out


class Echo(BaseHTTPRequestHandler):
    """Answers with what was sent; remembers it."""

    got: list[bytes]

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append(body)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *arguments):
        """Stay silent."""


@pytest.fixture
def echo():
    handler = type("Handler", (Echo,), {"got": []})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def someone(port):
    dice = random.Random(1)  # noqa: S311 - to be run again
    return Person("a", port, door=port, cookies={}, counts=Counter(), dice=dice)


def test_the_proxy_cuts_in_every_way_and_counts_what_it_cut(echo):
    port = echo.server_address[1]
    dice = random.Random(1)  # noqa: S311 - to be run again
    lost = 0
    with CuttingProxy(port, share=1 / 6, dice=dice) as proxy:
        for n in range(60):
            try:
                answer = someone(proxy.port).ask("/", {"n": n, "text": "x" * 100})
            except Broken:
                lost += 1
            else:
                assert f"n={n}".encode() in answer.body
    # Waits for what the server still does.
    echo.shutdown()
    echo.server_close()
    assert set(proxy.counts) == set(Cut)
    assert 0 < proxy.counts.total() == lost < 60
    whole = [body for body in echo.RequestHandlerClass.got if body.endswith(b"x" * 100)]
    assert len(whole) == 60 - proxy.counts[Cut.REQUEST]


def test_half_a_head_is_no_answer():
    # The reader of the standard library takes it for a whole one.
    with pytest.raises(Broken):
        someone(0)._read(b"HTTP/1.1 302 Found\r\nLocation: /alerts/1/receipt/\r\n")
