"""A mail server dead for six hours: pages do not feel it, afterwards all goes out."""

import random
import statistics
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.faults.forms import send
from tests.faults.mails.results import compare, drain
from tests.faults.mails.sink import Sink
from tests.faults.mails.workers import HURRIED_BELOW, MOST, Workers, call
from tests.faults.people import Broken, people_of
from tests.faults.promises import at_least, at_most, exactly, told

MAILS = {"postgresql": 10_000, "sqlite": 2_000}
WORKERS = {"postgresql": MOST, "sqlite": 1}
LOOKS = 40
PAGES = {
    "staff": ("/", "/alerts/new/?step=form"),
    "coordinators": (
        "/deliveries/",
        "/deliveries/deliveries/",
        "/deliveries/notices/",
    ),
}
# How much longer pages may take while the queue is stuck: what measuring is unsure of.
SLOWER, NOISE_MS = 1.5, 20


def run(stack, *, scale, seed):
    """Return the promises about a dead mail server, with what was found."""
    dice = random.Random(seed)  # noqa: S311 - to be run again
    vendor, is_hurried = stack.database.vendor, scale < HURRIED_BELOW
    count = max(40, int(MAILS[vendor] * scale))
    screens = Screens(stack, max(4, int(LOOKS * scale)), dice)
    with Sink() as sink, Workers(stack, sink.url, is_hurried=is_hurried) as workers:
        before = screens.look()
        sink.close()
        module = "tests.faults.mails.hours"
        with ThreadPoolExecutor(1) as aside:
            hours = aside.submit(
                call, stack, sink, module, str(count), is_hurried=is_hurried
            )
            while not hours.done():
                screens.look_once()
        passed = hours.result()
        workers.start(WORKERS[vendor])
        stuck = screens.look()
        cost = attempts(stack.database)
        start = time.monotonic()
        sink.open()
        drain(stack.database)
        seconds = time.monotonic() - start
        workers.end_all()
    stale = passed["stale"].keys()
    return [
        at_least("times a worker found the server away", passed["away"], 1),
        at_least("mails that waited", len(passed["fresh"]), count // 2),
        at_least("mails of news that grew old", len(stale), count // 10),
        exactly("attempts that the dead server cost them", cost, 0),
        *screens.promises(before, stuck, is_measured=not is_hurried),
        *compare(stack.database, sink, passed["fresh"], in_doubt=0),
        exactly("stale mails sent", sum(m.message_id in stale for m in sink.taken), 0),
        exactly("stale mails noted as such", noted(stack.database, stale), len(stale)),
        told("seconds until all were out", round(seconds)),
    ]


class Screens:
    """Pages that staff and coordinators look at, and reports that they send."""

    def __init__(self, stack, looks, dice):
        self.stack, self.looks = stack, looks
        self.answers = Counter()
        self.people = {
            role: people_of(stack.filled[role][:1], stack, Counter(), dice)[0]
            for role in PAGES
        }

    def look_once(self):
        """Open each page and send a report; return the seconds that each took."""
        times = []
        for role, paths in PAGES.items():
            for path in paths:
                start = time.monotonic()
                try:
                    status = self.people[role].ask(path).status
                except Broken as broken:
                    status = broken.status or 0
                times.append(time.monotonic() - start)
                self.answers[status] += 1
        start = time.monotonic()
        send(self.people["staff"], self.stack.forms.next())
        times.append(time.monotonic() - start)
        self.answers[200] += 1
        return times

    def look(self):
        """Return the mean milliseconds of a page, each in the best of its rounds.

        The best is what the page itself takes, whatever else the machine does.
        """
        rounds = [self.look_once() for _ in range(self.looks)]
        return round(statistics.mean(map(min, zip(*rounds, strict=True))) * 1000)

    def promises(self, before, stuck, *, is_measured):
        """Yield the lines about pages; `before` and `stuck` are what they took."""
        asked = self.answers.total()
        yield told("pages opened and reports sent", asked)
        yield exactly("of these, answered as ever", self.answers[200], asked)
        yield told("ms that a page took before", before)
        # So few looks as in a short run measure the machine rather than the pages.
        text, most = "ms that it took while the queue was stuck", NOISE_MS
        most += round(before * SLOWER)
        yield at_most(text, stuck, most) if is_measured else told(text, stuck)


def attempts(database):
    """Return how many attempts are noted with all mails of the queue."""
    [[count]] = database.rows("SELECT coalesce(sum(attempts), 0) FROM outbox_mail")
    return count


def noted(database, message_ids):
    """Return of how many of these mails both queue and notice say why."""
    rows = database.rows(
        "SELECT m.message_id FROM outbox_mail m"
        " JOIN deliveries_notice n ON n.message_id = m.message_id"
        " WHERE m.state = 'expired' AND n.cancelled_for = 'stale'"
    )
    return sum(message_id in message_ids for (message_id,) in rows)
