"""The same form sent eight times at once is one report, and all are told so."""

import random
import uuid
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from tests.faults.crowd import Work, all_at_once
from tests.faults.forms import SCRIPT, URL, send
from tests.faults.people import Broken, people_of
from tests.faults.promises import exactly

KEYS = 10_000
AT_ONCE = 8
# So many forms are sent side by side, each eight times.
SIDE_BY_SIDE = 3
PATIENCE = 120


def run(stack, *, scale, seed):
    """Return the promises about keys, with what was found."""
    dice = random.Random(seed)  # noqa: S311 - to be run again
    wanted = max(1, int(KEYS * scale))
    forms = [stack.forms.next() for _ in range(wanted)]
    work, seen, told = Work(wanted), Counter(), defaultdict(list)
    names = stack.filled["staff"][:SIDE_BY_SIDE]

    def send_share(n, person):
        with ThreadPoolExecutor(AT_ONCE) as eight:
            for fields in forms[n::SIDE_BY_SIDE]:
                if work.is_over():
                    return
                told[fields["client_key"]] = at_once(eight, person, fields, seen)
                work.count()

    people = people_of(names, stack, seen, dice)
    all_at_once(
        [lambda n=n, who=who: send_share(n, who) for n, who in enumerate(people)], work
    )
    rows = Counter(
        str(uuid.UUID(str(key)))
        for (key,) in stack.database.rows(
            "SELECT client_key FROM alerts_incidentreport"
        )
    )
    agreed = [key for key, numbers in told.items() if len(set(numbers)) == 1]
    return [
        exactly(f"keys sent {AT_ONCE} times at once", len(told), wanted),
        exactly("acknowledged", sum(map(len, told.values())), AT_ONCE * wanted),
        exactly("rows under these keys", sum(rows[key] for key in told), wanted),
        exactly("keys all of whose answers name one number", len(agreed), wanted),
        exactly("answers that say it is new", seen["new"], wanted),
        exactly("answers that were no receipt", seen["no receipt"], 0),
    ]


def at_once(eight, person, fields, seen):
    """Return the numbers told to eight who send one form at the same moment."""
    barrier = Barrier(AT_ONCE)

    def send_one(_n):
        connection = person.connect()
        barrier.wait(timeout=PATIENCE)
        try:
            answer = person.ask(URL, fields, connection=connection, accept=SCRIPT)
        except Broken:
            answer = None
        if answer is None or answer.receipt() is None:
            seen["no receipt"] += 1
            return send(person, fields)
        if answer.status == 201:
            seen["new"] += 1
        return answer.receipt()

    return list(eight.map(send_one, range(AT_ONCE)))
