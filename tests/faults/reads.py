"""Personal data read under fire: no byte of it goes out without its row in the log."""

import random
from collections import Counter

from tests.faults.crowd import Fire, Work, all_at_once
from tests.faults.edits import sent_reports
from tests.faults.people import Broken, crowd_for, people_of
from tests.faults.promises import at_least, exactly, told

READS = 10_000
REPORTS = 40
WORKER_KILLS = 500
BACKEND_KILLS = 50
CUTS = 200


def run(stack, *, scale, seed):
    """Return the promises about reads, with what was found."""
    dice = random.Random(seed)  # noqa: S311 - to be run again
    work = Work(max(1, int(READS * scale)))
    fire = Fire(
        stack,
        work,
        dice,
        workers=WORKER_KILLS * scale,
        backends=BACKEND_KILLS * scale,
        cuts=CUTS * scale,
    )
    count = min(REPORTS, work.target)
    held = sent_reports(stack, count, fire.seen, dice)
    asked, begun = Counter(), Counter()

    def read_all(person):
        while not work.is_over():
            number = dice.choice(list(held))
            read = person.username, number
            asked[read] += 1
            canary = held[number]["client_key"]
            # One person's counts are touched by one thread only.
            part, is_whole = look(person, number, canary)
            begun[read] += part
            if is_whole:
                work.count()

    with fire.proxy:
        # Staff and officers by turns: both may look.
        both = zip(stack.filled["staff"], stack.filled["officers"], strict=False)
        names = [name for pair in both for name in pair][: crowd_for(work.target)]
        people = people_of(names, stack, fire.seen, dice, port=fire.proxy.port)
        actions = [lambda person=person: read_all(person) for person in people]
        all_at_once([*actions, *fire.killers()], work)
    return [
        at_least("reads in which the person's data arrived", work.done, work.target),
        told("answers of which any byte arrived", begun.total()),
        *fire.promises(),
        *compare(stack.database, asked, begun),
    ]


def look(person, number, canary):
    """Ask once; return whether any byte of the page came, and whether all did."""
    try:
        answer = person.ask(f"/alerts/{number}/reveal/", {})
    except Broken as broken:
        person.counts["connections lost"] += 1
        return broken.status == 200 and bool(broken.body), False
    if answer.status == 200:
        if canary not in answer.body.decode():
            raise RuntimeError("The page came without the person's data.")
        return True, True
    if answer.asks_to_sign_in or answer.status == 403:
        person.sign_in()
    elif answer.status < 500 and not answer.is_interrupted:
        raise RuntimeError(f"{answer.status}: {answer.body[:2000].decode()}")
    else:
        person.counts[f"answers {answer.status}"] += 1
    return False, False


def compare(database, asked, begun):
    """Return how the log stands to what was asked for and what came."""
    entries = database.rows(
        "SELECT u.username, e.subject_id, count(*) FROM accounts_accessentry e"
        " JOIN accounts_user u ON u.id = e.user_id WHERE e.action = 'reveal'"
        " AND e.subject_type = 'alerts.IncidentReport'"
        " GROUP BY u.username, e.subject_id"
    )
    rows = Counter({(name, number): count for name, number, count in entries})
    return [
        told("rows in the log", rows.total()),
        exactly("reads without their row", (begun - rows).total(), 0),
        exactly("rows without a request", (rows - asked).total(), 0),
    ]
