"""Random operations in whatever order: no mail without consent, none twice."""

import json
from collections import Counter

from tests.faults.promises import at_least, exactly, told

OPERATIONS, FEWEST = 100_000, 250


def run(stack, *, scale, seed):
    """Return the promises about random operations, with what was found."""
    count = max(FEWEST, int(OPERATIONS * scale))
    # With the night of a real installation, whenever this is run.
    words = "-m", "tests.faults.mails.worlds", str(count), str(seed)
    return compare(json.loads(stack.run(*words)), count)


def compare(played, count):
    """Return what was done, and what the books of the worlds found wrong."""
    done, troubles = Counter(played["done"]), Counter(played["troubles"])
    unwanted = Counter(played["unwanted"])
    return [
        at_least("operations done", done.total(), count),
        *(told(f"  {name}", done[name]) for name in sorted(done)),
        told("operations refused beside these", played["refused"]),
        told("worlds", played["worlds"]),
        told("mails handed over", played["mails"]),
        told("times that went wrong", troubles.total()),
        *(told(f"  {name}", troubles[name]) for name in sorted(troubles)),
        exactly("mails to somebody who had not consented", unwanted.total(), 0),
        *(told(f"  {why}", unwanted[why]) for why in sorted(+unwanted)),
        *(exactly(text, found, 0) for text, found in played["problems"].items()),
        *(told("a world in which something was found", n) for n in played["bad"][:9]),
    ]
