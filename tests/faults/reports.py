"""Reports under fire: none that was acknowledged is missing, none is there twice."""

import itertools
import random
import uuid
from collections import Counter, defaultdict

from tests.faults.crowd import Killer, Work, all_at_once
from tests.faults.people import Person
from tests.faults.promises import at_least, exactly, told
from tests.faults.proxy import Cut, CuttingProxy

URL = "/alerts/new/"
PEOPLE = 16
ACKNOWLEDGED = 20_000
WORKER_KILLS = 1_000
BACKEND_KILLS = 200
CUTS = 500
# The part of the connections that gets each of the three cuts.
SHARE = 0.03
LETTERS = "新聞がたまっています。返事なし電気つけっぱなし髙﨑𠮷🍀&<>'\"%\\;"


class Forms:
    """Filled-in forms, each with a key and a text of its own; remembers them all."""

    def __init__(self, filled, seed):
        self.filled = filled
        self.dice = random.Random(seed)  # noqa: S311 - to be run again
        self.sent = {}
        self.numbers = itertools.count()

    def next(self):
        """Return the fields of a form that nobody has sent yet."""
        n = next(self.numbers)
        key = str(uuid.UUID(int=self.dice.getrandbits(128), version=4))
        words = "".join(self.dice.choices(LETTERS, k=self.dice.randrange(10, 300)))
        fields = {
            "client_key": key,
            "channel": "home_delivery",
            "municipality": "見本市",
            "postal_code": "273-0000",
            "place": f"架空町{n}番地",
            "person_name": f"見本 花子{n}",
            "noticed_at": f"201{n % 6}-{n % 12 + 1:02}-{n % 28 + 1:02} 10:00",
            "signs": self.dice.sample(self.filled["signs"], 2),
            "narrative": f"{key} {words}終",
        }
        self.sent[key] = fields
        return fields


def run(stack, *, scale, seed):
    """Return the promises about reports, with what was found."""
    dice = random.Random(seed)  # noqa: S311 - to be run again
    forms = Forms(stack.filled, seed)
    work = Work(max(1, int(ACKNOWLEDGED * scale)))
    counts, acknowledged = Counter(), defaultdict(list)

    def send_all(person):
        person.sign_in()
        while not work.is_over():
            fields = forms.next()
            answer = person.insist(URL, fields)
            if (number := answer.receipt()) is None:
                raise RuntimeError(f"{answer.status}: {answer.body[:2000].decode()}")
            acknowledged[fields["client_key"]].append(number)
            work.count()

    killers = killers_of(stack, work, scale, dice)
    with CuttingProxy(stack.port, share=SHARE, dice=dice) as proxy:
        wanted = int(CUTS * scale)
        work.conditions.append(lambda: all(proxy.counts[cut] >= wanted for cut in Cut))
        people = [
            Person(name, proxy.port, counts=counts, dice=dice)
            for name in stack.filled["staff"][:PEOPLE]
        ]
        actions = [lambda person=person: send_all(person) for person in people]
        all_at_once([*actions, *(killer.run for killer in killers)], work)
    return [
        at_least("reports acknowledged", len(acknowledged), work.target),
        *injected(stack, scale, proxy.counts, counts),
        *compare(stack.database, forms.sent, acknowledged),
    ]


def killers_of(stack, work, scale, dice):
    """Return who kills web workers and, with PostgreSQL, back ends."""
    wanted = max(1, int(WORKER_KILLS * scale))
    found = [Killer(stack.kill_worker, stack.deaths, wanted, work=work, dice=dice)]
    if stack.database.vendor == "postgresql":
        base = stack.database
        wanted = max(1, int(BACKEND_KILLS * scale))
        found.append(
            Killer(base.kill_backend, base.deaths, wanted, work=work, dice=dice)
        )
    return found


def injected(stack, scale, cuts, counts):
    """Return the lines about faults, as the processes themselves tell them."""
    wanted = max(1, int(WORKER_KILLS * scale))
    yield at_least("web workers killed", len(stack.deaths()), wanted)
    if stack.database.vendor == "postgresql":
        wanted = max(1, int(BACKEND_KILLS * scale))
        yield at_least("back ends killed", len(stack.database.deaths()), wanted)
    for cut in Cut:
        yield at_least(f"connections: {cut}", cuts[cut], int(CUTS * scale))
    for name in sorted(counts):
        yield told(f"seen by people: {name}", counts[name])


def compare(database, sent, acknowledged):
    """Return what is stored, against what was sent and what was acknowledged."""
    stored = defaultdict(list)
    for key, *row in database.rows(
        "SELECT client_key, id, narrative, place, person_name, postal_code,"
        " (SELECT count(*) FROM alerts_incidentreport_signs s"
        "  WHERE s.incidentreport_id = r.id) FROM alerts_incidentreport r"
    ):
        stored[str(uuid.UUID(str(key)))].append(row)
    entries = database.rows(
        "SELECT object_pk FROM auditlog_logentry WHERE action = 0 AND content_type_id"
        " = (SELECT id FROM django_content_type WHERE app_label = 'alerts'"
        " AND model = 'incidentreport')"
    )
    logged = Counter(int(pk) for (pk,) in entries)
    rows = [row for found in stored.values() for row in found]
    wrong = [
        key
        for key, numbers in acknowledged.items()
        if any([n] != [row[0] for row in stored[key]] for n in numbers)
    ]
    changed = [
        key
        for key in acknowledged
        if any(row[1:] != as_stored(sent[key]) for row in stored.get(key, []))
    ]
    return [
        exactly("missing", sum(not stored.get(key) for key in acknowledged), 0),
        exactly("doubled", sum(len(found) > 1 for found in stored.values()), 0),
        exactly("under another number than told", len(wrong), 0),
        exactly("with another text than sent", len(changed), 0),
        exactly("stored without having been sent", len(set(stored) - set(sent)), 0),
        exactly(
            "without exactly one entry in the history",
            sum(logged[row[0]] != 1 for row in rows),
            0,
        ),
    ]


def as_stored(fields):
    """Return the columns that `compare` reads, as they have to be."""
    code = fields["postal_code"].replace("-", "")
    texts = [fields[name] for name in ("narrative", "place", "person_name")]
    return [*texts, code, len(fields["signs"])]
