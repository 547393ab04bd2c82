"""Six hours with a dead mail server, on a clock that is moved: up to this moment.

Deliveries are recorded all the time, a worker knocks at each step. Told as JSON:
{Message-ID: recipient} of what is still news at the end, of what is not, and how often
the worker found the server away.
"""

import datetime as dt
import json
import sys

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from outbox.worker import Sender, ServerAway  # noqa: E402
from tests.faults.mails.fill import deliver, empty, families, notified  # noqa: E402

HOURS = dt.timedelta(hours=6)
STEP, HURRIED_STEP = dt.timedelta(minutes=2), dt.timedelta(minutes=20)
# One in so many is told of so late that it is no news any more after the six hours.
LATE = 4


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, at):
        self.at = at

    def __call__(self):
        return self.at


def main(count):
    """Let the six hours pass; print what was queued meanwhile."""
    empty()
    step = HURRIED_STEP if settings.FAULTS_HURRY else STEP
    end = timezone.now()
    clock, steps, away = Clock(end - HOURS), HOURS // step, 0
    fresh_for = dt.timedelta(hours=int(settings.DELIVERIES_FRESH_HOURS))
    waiting = families(int(count), started_on=timezone.localdate(end - 2 * fresh_for))
    late, prompt = waiting[::LATE], [f for n, f in enumerate(waiting) if n % LATE]
    deliver(late, clock.at, happened_at=clock.at - fresh_for + HOURS / 2)
    stale = notified()
    sender = Sender(now=clock, name="host-a:1:hours")
    for n in range(steps):
        deliver(prompt[n::steps], clock.at)
        try:
            sender.run()
        except ServerAway:
            away += 1
        clock.at += step
    fresh = {pk: to for pk, to in notified().items() if pk not in stale}
    json.dump({"fresh": fresh, "stale": stale, "away": away}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
