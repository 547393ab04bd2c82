"""Workers killed, a mail server that misbehaves: all arrives, next to nothing twice."""

import random
import time
from collections import Counter, defaultdict
from functools import partial

from tests.faults.crowd import Killer, Work, all_at_once
from tests.faults.mails.faults import Fault, Faults
from tests.faults.mails.sink import Sink
from tests.faults.mails.workers import MOST, Workers, queue
from tests.faults.promises import at_least, at_most, exactly, told

# SQLite has one writer, and so one worker.
MAILS = {"postgresql": 10_000, "sqlite": 2_000}
KILLS = {"postgresql": 300, "sqlite": 60}
WORKERS = {"postgresql": MOST, "sqlite": 1}
SHARE = 0.25
# Runs below this have no time for the real waits.
HURRIED_BELOW = 0.1
OUT_WITHIN = 30
DRAINED_WITHIN = 900


def run(stack, *, scale, seed):
    """Return the promises about mails under fire, with what was found."""
    dice = random.Random(seed)  # noqa: S311 - to be run again
    vendor, is_hurried = stack.database.vendor, scale < HURRIED_BELOW
    work = Work(max(30, int(MAILS[vendor] * scale)))
    of_each = max(1, int(work.target * SHARE / len(Fault)))
    faults = Faults(of_each, work.target, dice)
    with Sink(faults=faults, on_first=work.count) as sink:
        wanted = queue(stack, sink, "mails", work.target, is_hurried=is_hurried)
        with Workers(stack, sink.url, is_hurried=is_hurried) as workers:
            kills = max(1, int(KILLS[vendor] * scale))
            killer = Killer(workers, kills, work=work, dice=dice)
            changing = partial(workers.keep_changing, work, dice, WORKERS[vendor])
            all_at_once([killer.run, changing], work)
            drain(stack.database)
            workers.end_all()
    in_flight = sum(kill.in_flight for kill in workers.kills)
    return [
        at_least("workers killed", killer.died(), kills),
        *(
            at_least(f"SMTP: {fault}", faults.injected[fault], of_each)
            for fault in Fault
        ),
        told("kills while a mail was going out", in_flight),
        *compare(
            stack.database, sink, wanted, faults.injected[Fault.SWALLOW] + in_flight
        ),
        *after_deaths(sink, wanted, workers.kills),
    ]


def drain(database):
    """Wait until nothing is left to be sent. Raises RuntimeError when it takes long."""
    end = time.monotonic() + DRAINED_WITHIN
    while left := open_mails(database):
        if time.monotonic() > end:
            raise RuntimeError(f"{left} mails are still not sent.")
        time.sleep(0.2)


def open_mails(database):
    """Return how many wait or are being sent."""
    [[count]] = database.rows(
        "SELECT count(*) FROM outbox_mail WHERE state IN ('waiting', 'sending')"
    )
    return count


def compare(database, sink, wanted, in_doubt):
    """Return what arrived against what was queued; `in_doubt` may come once more."""
    copies = Counter(mail.message_id for mail in sink.taken)
    states = Counter(
        state
        for state, message_id in database.rows(
            "SELECT state, message_id FROM outbox_mail"
        )
        if message_id in wanted
    )
    elsewhere = sum(
        mail.recipients != [wanted.get(mail.message_id)] for mail in sink.taken
    )
    return [
        exactly("mails lost", len(wanted.keys() - copies.keys()), 0),
        exactly("mails that the queue says were sent", states["sent"], len(wanted)),
        at_most("extra copies", copies.total() - len(copies), in_doubt),
        exactly("mails of two Message-IDs", len(copies.keys() - wanted.keys()), 0),
        exactly("mails to somebody else", elsewhere, 0),
    ]


def after_deaths(sink, wanted, kills):
    """Return how soon the mails of dead workers were handed over by others."""
    tries = defaultdict(list)
    for at, recipient in sink.tried:
        tries[recipient].append(at)
    waits, held = [], 0
    for n, kill in enumerate(kills):
        later = kills[n + 1 :]
        for message_id in kill.held:
            held += 1
            again = next((at for at in tries[wanted[message_id]] if at > kill.at), None)
            # Held by another who was killed as well: counted there.
            before = [k.at for k in later if message_id in k.held]
            if again is not None and not (before and before[0] < again):
                waits.append(again - kill.at)
    late = sum(wait > OUT_WITHIN for wait in waits)
    return [
        told("mails in the hands of workers that were killed", held),
        exactly(f"of these, tried again later than after {OUT_WITHIN} s", late, 0),
        told("of these, the slowest, in seconds", round(max(waits, default=0))),
    ]
