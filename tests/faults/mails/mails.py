"""Workers killed, a mail server that misbehaves: all arrives, next to nothing twice."""

import random
from collections import defaultdict
from functools import partial

from tests.faults.crowd import Killer, Work, all_at_once
from tests.faults.mails.faults import Fault, Faults
from tests.faults.mails.results import compare, drain
from tests.faults.mails.sink import Sink
from tests.faults.mails.workers import HURRIED_BELOW, MOST, Workers, queue
from tests.faults.promises import at_least, exactly, told

# SQLite has one writer, and so one worker.
MAILS = {"postgresql": 10_000, "sqlite": 2_000}
KILLS = {"postgresql": 300, "sqlite": 60}
WORKERS = {"postgresql": MOST, "sqlite": 1}
SHARE = 0.25
OUT_WITHIN = 30


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
    in_flight = sum(len(kill.in_flight) for kill in workers.kills)
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


def after_deaths(sink, wanted, kills):
    """Return how soon the mails of dead workers were handed over by others."""
    tries = defaultdict(list)
    for at, recipient in sink.tried:
        tries[recipient].append(at)
    going, held = [], []
    for n, kill in enumerate(kills):
        for message_id in kill.held:
            again = next((at for at in tries[wanted[message_id]] if at > kill.at), None)
            # Held by another who was killed as well: counted there.
            before = [k.at for k in kills[n + 1 :] if message_id in k.held]
            if again is not None and not (before and before[0] < again):
                waits = going if message_id in kill.in_flight else held
                waits.append(again - kill.at)
    return [
        *waited("mails going out when their worker was killed", going),
        *waited("mails held in reserve by a worker that was killed", held),
    ]


def waited(text, waits):
    """Yield the lines about how long mails waited for another worker."""
    late = sum(wait > OUT_WITHIN for wait in waits)
    yield told(text, len(waits))
    yield exactly(f"of these, tried again later than after {OUT_WITHIN} s", late, 0)
    yield told("of these, the slowest, in seconds", round(max(waits, default=0)))
