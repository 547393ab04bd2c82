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
from contextlib import closing
from pathlib import Path

import psycopg

SERVERS = Path("/usr/lib/postgresql")
DIED = re.compile(r"server process \(PID (\d+)\) was terminated by signal 9")
PATIENCE = 60


class Sqlite:
    """A file, with the pragmas that the settings give it."""

    vendor = "sqlite"

    def __init__(self, folder):
        self.path = folder / "own.sqlite3"
        self.url = f"sqlite:///{self.path}"

    def rows(self, statement, *values):
        """Return all rows of a statement whose placeholders are question marks."""
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(statement, values).fetchall()

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

    def rows(self, statement, *values):
        """Return all rows of a statement whose placeholders are question marks."""
        statement = statement.replace("?", "%s")
        with psycopg.connect(**self.place, dbname="postgres") as connection:
            return connection.execute(statement, values).fetchall()

    def backends(self):
        """Return the processes that serve somebody else, those at work first."""
        found = self.rows(
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
            " AND pid <> pg_backend_pid() ORDER BY state <> 'active'"
        )
        return [pid for (pid,) in found]

    def kill(self, dice: random.Random):
        """Kill a process of the server, which then recovers as after a crash."""
        if not (found := self.backends()):
            return
        pid = found[0] if dice.random() < 0.5 else dice.choice(found)
        os.kill(pid, signal.SIGKILL)
        self.killed.add(pid)
        self.wait_for_recovery(pid)

    def wait_for_recovery(self, pid):
        """Return when the server knows that the process died, and answers again."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if pid in self.deaths():
                try:
                    self.rows("SELECT 1")
                except psycopg.OperationalError:
                    pass
                else:
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
