"""Databases of our own: a file of SQLite, or a server of PostgreSQL to kill parts of.

A server that others use is never taken: one killed back end restarts the whole server.
"""

import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
from contextlib import closing, suppress
from pathlib import Path

import psycopg

SERVERS = Path("/usr/lib/postgresql")
DIED = re.compile(r"server process \(PID (\d+)\) was terminated by signal 9")
PATIENCE = 60
UNNOTICED = 5


class Sqlite:
    """A file, with the pragmas that the settings give it."""

    vendor = "sqlite"

    def __init__(self, folder):
        self.path = folder / "own.sqlite3"
        self.url = f"sqlite:///{self.path}"

    def rows(self, statement):
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(statement).fetchall()

    def stop(self):
        """Do nothing: the folder goes away as a whole."""


class Postgres:
    """A server in `folder`, durable as in production, that only this run uses."""

    vendor = "postgresql"

    def __init__(self, folder):
        self.folder = folder / "postgresql"
        self.log = self.folder / "log"
        self.port = free_port()
        self.place = {"host": "127.0.0.1", "port": self.port, "user": "tsunagari"}
        self.url = f"postgres://tsunagari@127.0.0.1:{self.port}/postgres"
        self.killed = set()
        self.folder.mkdir()
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root; its own user has to get in here.
            folder.chmod(0o711)
            shutil.chown(self.folder, "postgres", "postgres")
        self._call(
            *("initdb", "-D", self.folder / "db", "-U", "tsunagari", "--auth=trust"),
            *("--encoding=UTF8", "--locale=C.UTF-8"),
        )
        options = (
            f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
            # As the README asks for: statements hold what people typed.
            " -c log_min_error_statement=panic"
        )
        self._control("start", "-w", "-l", self.log, "-o", options)

    def _call(self, program, *arguments):
        as_root = {"user": "postgres", "group": "postgres", "extra_groups": []}
        subprocess.run(  # noqa: S603 - our own command
            [programs() / program, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self.folder,
            **(as_root if os.geteuid() == 0 else {}),
        )

    def _control(self, *arguments):
        self._call("pg_ctl", "-D", self.folder / "db", *arguments)

    def rows(self, statement):
        with psycopg.connect(**self.place, dbname="postgres") as connection:
            return connection.execute(statement).fetchall()

    def backends(self):
        """Return the processes that serve somebody else, those at work first."""
        found = self.rows(
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
            " AND pid <> pg_backend_pid() ORDER BY state <> 'active'"
        )
        return [pid for (pid,) in found]

    def kill(self, dice: random.Random):
        """Kill a process of the server, which then recovers as after a crash."""
        try:
            found = self.backends()
        except psycopg.OperationalError:
            return
        parent = int((self.folder / "db/postmaster.pid").read_text().split()[0])
        first = found[:1] if dice.random() < 0.5 else found
        if first and kill_child(pid := dice.choice(first), parent):
            self.killed.add(pid)
            self.wait_for_recovery(pid)

    def wait_for_recovery(self, pid):
        """Return when the server answers again after the death that it noticed."""
        start = time.monotonic()
        while time.monotonic() < start + PATIENCE:
            # One that was about to end anyway leaves no crash behind.
            if pid in self.deaths() or time.monotonic() > start + UNNOTICED:
                with suppress(psycopg.OperationalError):
                    self.rows("SELECT 1")
                    return
            time.sleep(0.02)
        raise RuntimeError("The server did not recover.")

    def deaths(self):
        """Return those we killed of which the server itself says that they died."""
        died = {int(pid) for pid in DIED.findall(self.log.read_text(errors="replace"))}
        return self.killed & died

    def stop(self):
        """End the server; its folder goes away with the rest."""
        self._control("-m", "immediate", "stop")


def kill_child(pid, parent):
    """Kill a process if it still is a child of `parent`; return whether it was."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
        if int(status.rpartition(")")[2].split()[1]) != parent:
            return False
        os.kill(pid, signal.SIGKILL)
    except (FileNotFoundError, ProcessLookupError):
        return False
    return True


def free_port():
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def programs():
    """Return the folder of the newest PostgreSQL on this machine; None without."""
    found = sorted(SERVERS.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    installed = shutil.which("initdb")
    return Path(installed).resolve().parent if installed else None


def start_database(vendor, folder):
    """Return a new database of the kind."""
    return Sqlite(folder) if vendor == "sqlite" else Postgres(folder)
