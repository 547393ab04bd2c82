"""The real stack: gunicorn with workers to kill, over a database of its own."""

import json
import os
import random
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from tests.faults.databases import kill_child, programs, start_database
from tests.faults.forms import Forms

ROOT = Path(__file__).resolve().parents[2]
WORKERS = 2
THREADS = 8
DIED = re.compile(r"Worker \(pid:(\d+)\) was sent SIGKILL!")


class Stack:
    """One server over one database, and what it was filled with."""

    def __init__(self, vendor, folder):
        self.database = start_database(vendor, folder)
        self.log = folder / "server.log"
        self.killed = set()
        # What people keep between the parts of a run, by user name.
        self.cookies = {}
        self.server = None
        self.environment = os.environ | {
            "DATABASE_URL": self.database.url,
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "FAULTS_FOLDER": str(folder),
            "DEBUG": "off",
            "HTTPS": "off",
            "ALLOWED_HOSTS": "127.0.0.1",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "PYTHONWARNINGS": "ignore",
        }

    def start(self, seed):
        """Make tables, people and forms, then serve on a free port."""
        self.filled = json.loads(self.run("-m", "tests.faults.fill"))
        self.forms = Forms(self.filled["signs"], seed)
        with socket.socket() as listener, self.log.open("wb") as log:
            listener.bind(("127.0.0.1", 0))
            listener.listen(2048)
            self.port = listener.getsockname()[1]
            # The server inherits the socket, so nobody can take the port meanwhile.
            self.server = subprocess.Popen(  # noqa: S603 - our own command
                [
                    *(sys.executable, "-m", "gunicorn", "tests.faults.served"),
                    *("--preload", "--bind", f"fd://{listener.fileno()}"),
                    *("--worker-class", "gthread", "--threads", str(THREADS)),
                    *("--workers", str(WORKERS), "--no-control-socket"),
                ],
                cwd=ROOT,
                env=self.environment,
                stdout=subprocess.DEVNULL,
                stderr=log,
                pass_fds=[listener.fileno()],
            )
        self._wait_for(WORKERS)

    def run(self, *arguments, environment=None):
        """Run Python over the database; return what it prints."""
        return subprocess.run(  # noqa: S603 - our own commands
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment or self.environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout

    def _wait_for(self, count):
        end = time.monotonic() + 60
        while len(self.workers()) < count:
            if time.monotonic() > end or self.server.poll() is not None:
                raise RuntimeError(self.log.read_text())
            time.sleep(0.05)

    def workers(self):
        """Return the processes whose parent is the server."""
        tasks = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children")
        return [int(pid) for pid in tasks.read_text().split()]

    def kill(self, dice: random.Random):
        """Kill one worker; the server starts another."""
        fresh = [pid for pid in self.workers() if pid not in self.killed]
        if fresh and kill_child(pid := dice.choice(fresh), self.server.pid):
            self.killed.add(pid)

    def deaths(self):
        """Return those we killed of which the server itself says that they died."""
        log = self.log.read_text(errors="replace")
        return self.killed & {int(pid) for pid in DIED.findall(log)}

    def stop(self):
        """End the server, as suddenly as its workers, and the database."""
        if self.server is not None and self.server.poll() is None:
            # Stopped, it starts no new workers while these end.
            self.server.send_signal(signal.SIGSTOP)
            for pid in self.workers():
                kill_child(pid, self.server.pid)
            self.server.kill()
            self.server.wait()
        self.database.stop()


def missing(vendor):
    """Say what this machine lacks for faults on such a database; empty for nothing."""
    if not Path("/proc/self/stat").exists():
        return "NO /proc: faults are injected on Linux only."
    if vendor == "postgresql" and programs() is None:
        return (
            "NO POSTGRESQL HERE: install it (initdb, pg_ctl) to inject faults into it."
        )
    return ""


@contextmanager
def running(vendor, seed):
    """Yield a stack that serves; nothing of it is left afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="tsunagari-faults-"))
    stack = None
    try:
        stack = Stack(vendor, folder)
        stack.start(seed)
        yield stack
    finally:
        if stack is not None:
            stack.stop()
        shutil.rmtree(folder, ignore_errors=True)
