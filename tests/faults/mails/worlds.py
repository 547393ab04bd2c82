"""Play random operations world after world, over the database of a run; told as JSON.

Called with the number of operations and the seed; the worlds' own seeds are
`seed:number`.
"""

import json
import sys
from collections import Counter
from itertools import count

import django

django.setup()

from django.conf import settings  # noqa: E402

from accounts.models import User  # noqa: E402
from municipalities.models import Municipality  # noqa: E402
from tests.deliveries import keeping  # noqa: E402
from tests.deliveries.book import PROBLEMS  # noqa: E402
from tests.deliveries.random_operations import STEPS, World  # noqa: E402
from tests.faults.mails.fill import empty  # noqa: E402


def play(wanted, seed):
    """Return what was done until so many operations were, and what was found wrong."""
    staff = User.objects.select_related("workplace").get(username="staff0")
    place = Municipality.objects.order_by("pk").first()
    people = {"place": place, "workplace": staff.workplace, "user": staff}
    done, refused, troubles = Counter(), Counter(), Counter()
    unwanted, problems, mails, bad = Counter(), Counter(), 0, []
    for number in count():
        world = World(f"{seed}:{number}", f"{seed}-{number}", **people)
        world.run(min(STEPS, wanted - done.total()))
        keeping.sent.clear()
        done += world.done
        refused += world.refused
        troubles += world.troubles
        mails += world.book.taken.total()
        unwanted += world.book.unwanted
        problems += world.book.problems
        if +world.book.unwanted or +world.book.problems:
            bad.append(number)
        if done.total() >= wanted:
            break
    return {
        "done": done,
        "refused": refused.total(),
        "troubles": troubles,
        "worlds": number + 1,
        "mails": mails,
        "unwanted": unwanted,
        "problems": {text: problems[text] for text in PROBLEMS},
        "bad": bad,
    }


def main(wanted, seed):
    """Play over an empty queue, print what became of it."""
    settings.OUTBOX_TRANSPORT = "tests.deliveries.keeping.KeepingBackend"
    empty()
    json.dump(play(int(wanted), seed), sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
