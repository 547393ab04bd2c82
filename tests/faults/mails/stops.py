"""Families stop while their mail is being sent: none leaves after the answer."""

import http.client
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass

from tests.faults.crowd import Work, all_at_once
from tests.faults.mails.results import drain
from tests.faults.mails.sink import Sink
from tests.faults.mails.workers import HURRIED_BELOW, Workers, queue
from tests.faults.promises import at_least, exactly, told

RACES = 1_000
# So many families have a mail in the queue for each that stops.
MAILS = 3
WORKERS = {"postgresql": 2, "sqlite": 1}
FAMILIES = 4
TIMEOUT = 60
# How far behind and ahead of the mail that is going out somebody stops.
BEHIND, AHEAD = 0, 2
# What the mail server takes over a mail: more when those who stop lag behind.
BRISK, SLOW = 0.01, 0.15
ANSWERED = object()
# At least one stop in so many met a mail just going out.
RACED = 50
ONE_CLICK = b"List-Unsubscribe=One-Click"


@dataclass(frozen=True)
class Stop:
    """When somebody asked to stop, when that was answered, and how."""

    asked_at: float
    answered_at: float
    status: int


def run(stack, *, scale, seed):
    """Return the promises about stops, with what was found."""
    dice = random.Random(seed)  # noqa: S311 - to be run again
    is_hurried = scale < HURRIED_BELOW
    work = Work(max(20, int(RACES * scale)))
    with Sink(seconds=BRISK) as sink:
        count = work.target * MAILS
        families = queue(stack, sink, "stops", count, is_hurried=is_hurried)
        races = Races(stack, sink, families, work, dice)
        with Workers(stack, sink.url, is_hurried=is_hurried) as workers:
            workers.start(WORKERS[stack.database.vendor])
            all_at_once([races.run] * FAMILIES, work)
            sink.seconds = 0
            drain(stack.database)
            workers.end_all()
    return [
        at_least("stops answered while mails were going out", work.done, work.target),
        *compare(families, races.stops, sink.taken),
        exactly(
            "families who stopped and still are in force",
            len(still_open(stack.database) & races.stops.keys()),
            0,
        ),
    ]


class Races:
    """Some who stop at once, each for the family whose mail comes about now."""

    def __init__(self, stack, sink, families, work, dice):
        self.port, self.sink, self.work, self.dice = stack.port, sink, work, dice
        self.families = families
        self.places = {address: n for n, (address, _path) in enumerate(families)}
        self.stops = {}
        # A mail waits for the answer, so that it comes after it if ever one may.
        sink.holds = lambda address: self.stops.get(address, ANSWERED) is None
        self._lock = threading.Lock()

    def run(self):
        """Stop one after the other, until there were enough."""
        while not self.work.is_over():
            if (n := self._next()) is None:
                time.sleep(0.002)
                continue
            address, path = self.families[n]
            self.stops[address] = one_click(self.port, path)
            self.work.count()

    def _next(self):
        """Return the place of a family that has not stopped; None to look again."""
        with self._lock:
            tried = self.sink.tried[-2:]
            if not tried:
                return None
            _at, address = self.dice.choice(tried)
            place = self.places.get(address, 0)
            # The queue must not run empty before everybody has stopped.
            is_early = place * self.work.target < self.work.done * len(self.families)
            self.sink.seconds = BRISK if is_early else SLOW
            n = place + self.dice.randint(-BEHIND, AHEAD)
            if not 0 <= n < len(self.families) or self.families[n][0] in self.stops:
                return None
            self.stops[self.families[n][0]] = None
            return n


def one_click(port, path):
    """Stop as mail programs do (RFC 8058)."""
    asked_at = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", path, ONE_CLICK, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return Stop(asked_at, time.monotonic(), answer.status)


def compare(families, stops, taken):
    """Return when the mails of those who stopped went out."""
    begun = {mail.recipients[0]: mail.begun_at for mail in taken}
    ended = {mail.recipients[0]: mail.ended_at for mail in taken}
    late = sum(
        ended.get(address, 0) > stop.answered_at for address, stop in stops.items()
    )
    ways = Counter()
    for address, stop in stops.items():
        at = begun.get(address)
        if at is None:
            ways["never"] += 1
        elif at < stop.asked_at:
            ways["before"] += 1
        elif at <= stop.answered_at:
            ways["meanwhile"] += 1
        else:
            ways["after"] += 1
    others = {address for address, _path in families} - stops.keys()
    return [
        told("mails begun before somebody asked", ways["before"]),
        at_least(
            "mails begun between question and answer",
            ways["meanwhile"],
            max(1, len(stops) // RACED),
        ),
        told("mails that never went out", ways["never"]),
        exactly("mails begun after the answer", ways["after"], 0),
        exactly("mails still under way at the answer", late - ways["after"], 0),
        exactly(
            "stops answered otherwise than with 200",
            sum(stop.status != http.client.OK for stop in stops.values()),
            0,
        ),
        exactly("mails lost of those who did not stop", len(others - begun.keys()), 0),
    ]


def still_open(database):
    """Return the addresses that still get mails."""
    rows = database.rows(
        "SELECT email FROM deliveries_subscription WHERE ended_on IS NULL"
    )
    return {address for (address,) in rows}
