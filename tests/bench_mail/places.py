"""Where it is measured: a database for each part, and processes of our own over it."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.faults.databases import Postgres, programs

ROOT = Path(__file__).resolve().parents[2]
NO_SERVER = "NOT MEASURED: set DATABASE_URL to PostgreSQL, or install it (initdb)."


def environment(url: str, folder: Path) -> dict[str, str]:
    """Return the variables of a process that works on a database."""
    return os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "tests.bench_mail.settings",
        "DEBUG": "off",
        "HTTPS": "off",
        "ALLOWED_HOSTS": "127.0.0.1",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "PYTHONPATH": str(ROOT),
        # Both packages leave a lock: one here, the other where it is started.
        "TMPDIR": str(folder),
    }


class Place:
    """A database with all tables, and a folder for what programs leave about."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.environment = environment(url, folder)
        self.run(str(ROOT / "manage.py"), "migrate", "--verbosity", "0")

    @property
    def vendor(self) -> str:
        return "SQLite" if self.url.startswith("sqlite") else "PostgreSQL"

    def run(self, *arguments: str) -> str:
        """Run Python; return what it prints. Raises SystemExit when it fails."""
        command = [sys.executable, *arguments]
        done = subprocess.run(  # noqa: S603 - our own commands
            command,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} fails:\n{done.stderr}")
        return done.stdout

    def measure(self, module: str, *arguments: object) -> dict[str, float]:
        """Run a module of this package; return what it found."""
        told = [str(argument) for argument in arguments]
        output = self.run("-m", f"tests.bench_mail.{module}", *told)
        return json.loads(output.splitlines()[-1])


@contextmanager
def server(folder: Path) -> Iterator[str | None]:
    """Yield the URL of a PostgreSQL server: the one we are given, or one of our own.

    None when there is neither.
    """
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        yield given
    elif programs() is None:
        yield None
    else:
        own = Postgres(folder)
        try:
            yield own.url
        finally:
            own.stop()


@contextmanager
def new_database(url: str, folder: Path) -> Iterator[Place]:
    """Yield a new database on a server, and drop it afterwards."""
    name = f"bench_mail_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as connection:
        make = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        connection.execute(make)
        try:
            yield Place(urlsplit(url)._replace(path=f"/{name}").geturl(), folder)
        finally:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            connection.execute(drop)
