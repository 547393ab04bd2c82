"""One form sent eight times at once is one report; what differs in it is kept too."""

import random
import uuid
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from tests.faults.crowd import Work, all_at_once
from tests.faults.forms import SCRIPT, URL
from tests.faults.people import Broken, people_of
from tests.faults.promises import exactly

KEYS = 10_000
AT_ONCE = 8
# Of so many forms one is sent with two texts, four times each.
DISPUTED = 10
# So many forms are sent side by side, each eight times.
SIDE_BY_SIDE = 2
PATIENCE = 120


def run(stack, *, scale, seed):
    """Return the promises about keys, with what was found."""
    dice = random.Random(seed)  # noqa: S311 - to be run again
    wanted = max(1, int(KEYS * scale))
    forms = [stack.forms.next() for _ in range(wanted)]
    disputed = {
        fields["client_key"]: fields | {"narrative": fields["narrative"] + "二通目"}
        for fields in forms[::DISPUTED]
    }
    work, seen, numbers = Work(wanted), Counter(), defaultdict(list)

    def send_share(n, person):
        with ThreadPoolExecutor(AT_ONCE) as eight:
            for fields in forms[n::SIDE_BY_SIDE]:
                if work.is_over():
                    return
                key = fields["client_key"]
                both = (fields, disputed.get(key, fields))
                numbers[key] = at_once(eight, person, both, seen)
                work.count()

    names = stack.filled["staff"][:SIDE_BY_SIDE]
    people = people_of(names, stack, seen, dice)
    all_at_once(
        [lambda n=n, who=who: send_share(n, who) for n, who in enumerate(people)], work
    )
    agreed = [told for told in numbers.values() if len(set(told)) == 1 and told[0]]
    return [
        exactly(f"keys sent {AT_ONCE} times at once", len(numbers), wanted),
        exactly("answers with a number", seen["numbers"], AT_ONCE * wanted),
        exactly("keys all of whose answers name one number", len(agreed), wanted),
        exactly("answers that say it is new", seen[201], wanted),
        exactly(
            "answers that say both versions are kept",
            seen[409],
            AT_ONCE // 2 * len(disputed),
        ),
        *compare(stack.database, stack.forms.sent, numbers, disputed),
    ]


def at_once(eight, person, both, seen):
    """Return the numbers told to eight who send one form at the same moment."""
    barrier = Barrier(AT_ONCE)

    def send_one(n):
        connection = person.connect()
        barrier.wait(timeout=PATIENCE)
        fields = both[n % 2]
        try:
            return person.ask(URL, fields, connection=connection, accept=SCRIPT)
        except Broken:
            return None

    answers = list(eight.map(send_one, range(AT_ONCE)))
    seen.update(answer.status for answer in answers if answer)
    told = [answer and answer.number for answer in answers]
    seen["numbers"] += sum(number is not None for number in told)
    return told


def compare(database, sent, keys, disputed):
    """Return the rows under the keys, and what became of the two texts of some."""
    stored = defaultdict(list)
    for key, pk, narrative in database.rows(
        "SELECT client_key, id, narrative FROM alerts_incidentreport"
    ):
        stored[str(uuid.UUID(str(key)))].append((pk, narrative))
    notes = defaultdict(list)
    for pk, text in database.rows("SELECT report_id, text FROM alerts_followup"):
        notes[pk].append(text)

    def is_kept(key):
        """Whether one text is the report, and the other stands in its only note."""
        ((pk, kept),) = stored[key]
        texts = {sent[key]["narrative"], disputed[key]["narrative"]}
        (other,) = texts - {kept} if kept in texts else (None,)
        return other and len(notes[pk]) == 1 and notes[pk][0].endswith(other)

    rows = sum(len(stored[key]) for key in keys)
    kept = [key for key in disputed if len(stored[key]) == 1 and is_kept(key)]
    return [
        exactly("rows under these keys", rows, len(keys)),
        exactly("keys sent with two texts, both kept", len(kept), len(disputed)),
    ]
