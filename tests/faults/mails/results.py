"""What arrived at the mail server of a run, against what was queued."""

import time
from collections import Counter

from tests.faults.promises import at_most, exactly

DRAINED_WITHIN = 1_800


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
