"""The sending workers of a run: started, ended and killed by this process."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from itertools import cycle

from tests.faults.databases import kill_child
from tests.faults.stack import ROOT

HOSTS = ("host-a", "host-b")
FEWEST, MOST = 2, 8
PATIENCE = 120
# Runs below this scale have no time for the real waits.
HURRIED_BELOW = 0.1


class Workers:
    """Workers over the database of a stack, all with one mail server.

    `kills` holds a Kill for each that we killed.
    """

    def __init__(self, stack, url, *, is_hurried):
        self.database = stack.database
        self.kills = []
        self.living, self._deaths = set(), set()
        self._hosts = cycle(HOSTS)
        self._lock = threading.Lock()
        self._news = threading.Condition()
        self.log = stack.log.with_name("workers.log")
        self.environment = environment_of(stack, url, is_hurried=is_hurried)

    def __enter__(self):
        with self.log.open("ab") as log:
            self.herd = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.mails.herd"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                bufsize=1,
            )
        self._started = 0
        if self.herd.stdout.readline().strip() != "ready":
            raise RuntimeError(self.log.read_text())
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *exception):
        self.herd.stdin.close()
        self.herd.wait(timeout=PATIENCE)
        self.herd.stdout.close()

    def _listen(self):
        with suppress(ValueError):
            for line in self.herd.stdout:
                what, pid, *rest = line.split()
                with self._news:
                    if what == "started":
                        self.living.add(int(pid))
                        self._started += 1
                    else:
                        self.living.discard(int(pid))
                        if rest == [str(int(signal.SIGKILL))]:
                            self._deaths.add(int(pid))
                    self._news.notify_all()

    def _wait(self, met):
        with self._news:
            if not self._news.wait_for(met, PATIENCE):
                raise RuntimeError(self.log.read_text() or "No news of the workers.")

    def start(self, count):
        """Start some more, by turns on one host and the other."""
        wanted = self._started + count
        for _ in range(count):
            self.herd.stdin.write(f"start {next(self._hosts)}\n")
        self._wait(lambda: self._started >= wanted)

    def end(self, count):
        """Ask some to end after the mail they are at."""
        for pid in sorted(self.living)[:count]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    def end_all(self):
        """Ask all to end, and wait until they have."""
        self.end(len(self.living))
        self._wait(lambda: not self.living)

    def kill(self, dice: random.Random):
        """Kill one, and look at what it leaves behind."""
        with self._lock:
            living = sorted(self.living)
            if not living or not kill_child(pid := dice.choice(living), self.herd.pid):
                return
            at = time.monotonic()
            self._wait(lambda: pid not in self.living)
            if pid in self._deaths:
                self.kills.append(Kill(self.database, pid, at))

    def deaths(self):
        """Return those that the system says were killed."""
        return self._deaths

    def keep_changing(self, work, dice, most=MOST):
        """Let now fewer, now more of them work, until the work is over."""
        wanted, until = most, 0.0
        while not work.is_over():
            if time.monotonic() > until:
                wanted = dice.randint(min(FEWEST, most), most)
                until = time.monotonic() + dice.uniform(2, 6)
            if (missing := wanted - len(self.living)) > 0:
                self.start(missing)
            elif missing < 0:
                self.end(-missing)
            time.sleep(0.1)


class Kill:
    """A worker killed: when, which mails it held, and which of them was going out."""

    def __init__(self, database, pid, at):
        self.at = at
        rows = [
            (message_id, is_out)
            for message_id, claimed_by, is_out in database.rows(
                "SELECT message_id, claimed_by, begun_at IS NOT NULL FROM outbox_mail"
                " WHERE state = 'sending'"
            )
            if f":{pid}:" in claimed_by
        ]
        self.held = {message_id for message_id, _is_out in rows}
        self.in_flight = {message_id for message_id, is_out in rows if is_out}


def environment_of(stack, url, *, is_hurried):
    """Return the environment of processes that send, or make mails to be sent."""
    return stack.environment | {
        "EMAIL_URL": url,
        # The night would hold notices back, whenever this is run.
        "DELIVERIES_QUIET_HOURS": "00:00-00:00",
        "FAULTS_HURRY": "on" if is_hurried else "",
    }


def queue(stack, sink, what, count, *, is_hurried):
    """Queue mails by `tests.faults.mails.fill`; return what it tells."""
    words = "tests.faults.mails.fill", what, str(count)
    return call(stack, sink, *words, is_hurried=is_hurried)


def call(stack, sink, module, *words, is_hurried):
    """Run a module over the database of a stack; return the JSON it prints."""
    environment = environment_of(stack, sink.url, is_hurried=is_hurried)
    return json.loads(stack.run("-m", module, *words, environment=environment))
