"""Many `manage.py send_notices --follow`, forked from one process that is loaded.

Loading Django takes a second or two, and hundreds are killed. Commands come as lines,
`start HOST`; what happens goes out as lines: `started PID`, `ended PID SIGNAL`.
"""

import datetime as dt
import os
import select
import signal
import socket
import sys

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import execute_from_command_line  # noqa: E402
from django.template.loader import get_template  # noqa: E402
from django.urls import get_resolver  # noqa: E402

from outbox import worker  # noqa: E402

COMMAND = ["manage.py", "send_notices", "--follow"]
# What a short run cannot wait for; the time-outs of the settings are shorter as well.
HURRIED = {
    "LEASE": dt.timedelta(seconds=4),
    "FIRST_WAIT": dt.timedelta(seconds=0.5),
    "LONGEST_WAIT": dt.timedelta(seconds=4),
    "AWAY_SECONDS": (0.2, 1.0),
    "IDLE_SECONDS": 0.1,
}


def hurry():
    """Shorten the worker's waits when the run is a short one."""
    if settings.FAULTS_HURRY:
        for name, value in HURRIED.items():
            getattr(worker, name)
            setattr(worker, name, value)


def say(*words):
    print(*words, flush=True)  # noqa: T201 - who started this one reads it


def start(host):
    """Fork one worker, as if on the machine `host`."""
    if pid := os.fork():
        return pid
    status = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(0, 1)
        socket.gethostname = lambda: host
        execute_from_command_line(COMMAND)
        status = 0
    finally:
        os._exit(status)


def bury(children):
    """Tell of those that have ended."""
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        children.discard(pid)
        say("ended", pid, status & 0x7F)


def main():
    """Do as told until the input ends; then end those who are left."""
    hurry()
    get_resolver().reverse_dict  # noqa: B018 - reading it is what fills it
    get_template("deliveries/emails/delivery_notice-body.html")
    children = set()
    say("ready")
    try:
        while True:
            bury(children)
            if not select.select([0], [], [], 0.02)[0]:
                continue
            if not (told := os.read(0, 10_000)):
                return
            for line in told.decode().splitlines():
                children.add(pid := start(line.split()[1]))
                say("started", pid)
    finally:
        for pid in children:
            os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
