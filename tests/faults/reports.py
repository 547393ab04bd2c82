"""Reports under fire: none that was acknowledged is missing, none is there twice."""

import random
import uuid
from collections import Counter, defaultdict

from tests.faults.crowd import Fire, Work, all_at_once
from tests.faults.forms import PLACE, as_stored, send
from tests.faults.people import crowd_for, people_of
from tests.faults.promises import at_least, exactly, told

ACKNOWLEDGED = 20_000
WORKER_KILLS = 1_000
BACKEND_KILLS = 200
CUTS = 500


def run(stack, *, scale, seed):
    """Return the promises about reports, with what was found."""
    dice = random.Random(seed)  # noqa: S311 - to be run again
    work = Work(max(1, int(ACKNOWLEDGED * scale)))
    acknowledged = defaultdict(list)

    def send_all(person):
        while not work.is_over():
            fields = stack.forms.next()
            number = send(person, fields)
            acknowledged[fields["client_key"]].append(number)
            work.count()

    fire = Fire(
        stack,
        work,
        dice,
        workers=WORKER_KILLS * scale,
        backends=BACKEND_KILLS * scale,
        cuts=CUTS * scale,
    )
    with fire.proxy:
        names = stack.filled["staff"][: crowd_for(work.target)]
        people = people_of(names, stack, fire.seen, dice, port=fire.proxy.port)
        actions = [lambda person=person: send_all(person) for person in people]
        all_at_once([*actions, *fire.killers()], work)
    return [
        at_least("reports acknowledged", len(acknowledged), work.target),
        *fire.promises(),
        *compare(stack.database, stack.forms.sent, acknowledged),
        *leaks(stack),
    ]


def leaks(stack):
    """Return how often what people typed stands in a log."""
    yield exactly("times in the server's log", mentions(stack.log), 0)
    if stack.database.vendor == "postgresql":
        # Of a back end that is killed, PostgreSQL logs what it was doing.
        yield told("times in the log of the database", mentions(stack.database.log))


def mentions(log):
    """Return how often a log names a place as `Forms` makes them up."""
    return log.read_text(errors="replace").count(PLACE)


def compare(database, sent, acknowledged):
    """Return what is stored, against what was sent and what was acknowledged."""
    stored = defaultdict(list)
    for key, *row in database.rows(
        "SELECT client_key, id, narrative, place, person_name, postal_code,"
        " (SELECT count(*) FROM alerts_incidentreport_signs s"
        "  WHERE s.incidentreport_id = r.id) FROM alerts_incidentreport r"
    ):
        stored[str(uuid.UUID(str(key)))].append(row)
    logged = created(database)
    misnamed = sum(
        any([number] != [row[0] for row in stored[key]] for number in numbers)
        for key, numbers in acknowledged.items()
    )
    altered = sum(
        any(row[1:] != as_stored(sent[key]) for row in stored.get(key, ()))
        for key in acknowledged
    )
    rows = [row for found in stored.values() for row in found]
    return [
        exactly("missing", sum(not stored.get(key) for key in acknowledged), 0),
        exactly("doubled", sum(len(found) > 1 for found in stored.values()), 0),
        exactly("under another number than told", misnamed, 0),
        exactly("with another text than sent", altered, 0),
        exactly("that nobody sent", len(stored.keys() - sent.keys()), 0),
        exactly(
            "without their one entry in the history",
            sum(logged[row[0]] != 1 for row in rows),
            0,
        ),
    ]


def created(database):
    """Return how many entries say that a report was made, by its key."""
    entries = database.rows(
        "SELECT object_pk FROM auditlog_logentry WHERE action = 0 AND content_type_id"
        " = (SELECT id FROM django_content_type WHERE app_label = 'alerts'"
        " AND model = 'incidentreport')"
    )
    return Counter(int(pk) for (pk,) in entries)
