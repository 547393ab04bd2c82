"""Measure the mails: the third part of `make bench`.

Everybody sends the same mails to the same sink on loopback, one after the other, in
processes of their own, on PostgreSQL; then a batch of deliveries is queued, and the
next batch claimed from a short table and a long one. Ratios of one run on one machine
can be compared; times cannot. The run fails when a promise is not kept.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench_mail import places, sink

MAILS = 5_000
DELIVERIES = 1_000
ROWS = (1_000, 1_000_000)
ROUNDS = 3
QUICK_ROUNDS = 21
WAYS = {
    "ready": "smtplib, mails written before",
    "bare": "bare loop: Django, one open connection",
    "outbox": "outbox: send_notices",
    "notices": "outbox: send_notices, notices by reference",
    "post_office": "django-post_office: send_queued_mail",
    "mailer": "django-mailer: send_mail",
}


@dataclass(frozen=True)
class Line:
    """A ratio that was found, and what it must be at least or at most."""

    text: str
    ratio: float
    least: float | None = None
    most: float | None = None

    @property
    def is_kept(self) -> bool:
        is_enough = self.least is None or self.ratio >= self.least
        return is_enough and (self.most is None or self.ratio <= self.most)

    def __str__(self) -> str:
        sign = "≥" if self.most is None else "≤"
        limit = self.least if self.most is None else self.most
        wanted = "" if limit is None else f"{sign} {limit:g}"
        mark = ("ok" if self.is_kept else "NOT KEPT") if wanted else ""
        return f"    {self.text:52}{self.ratio:8.2f}{wanted:>8}  {mark}".rstrip()


Found = Iterator[str | Line]


def sending(place: places.Place, scale: float) -> Found:
    """Send the same mails in every way, by turns.

    A worker is what sends over one connection: django-post_office's command has five
    by default, threads of one process. Both are told, its worker and its process.
    """
    count = max(int(MAILS * scale), 10)
    times: dict[str, list[float]] = {way: [] for way in WAYS}
    queued: dict[str, list[float]] = {way: [] for way in WAYS}
    workers = dict.fromkeys(WAYS, 1)
    with sink.running() as port:
        for _ in range(ROUNDS if scale >= 1 else 1):
            for way in WAYS:
                found = place.measure("senders", way, count, port)
                if found["sent"] != count:
                    raise SystemExit(f"{way}: {found['sent']} of {count} mails sent")
                workers[way] = max(found["at_once"], workers[way])
                times[way].append(found["seconds"])
                queued[way].append(found["queued"])
    speed = {way: count / statistics.median(times[way]) for way in WAYS}
    yield f"{count:,} mails, one process: sent per second (queued per second)"
    for way, text in WAYS.items():
        text += f", {workers[way]} workers" if workers[way] > 1 else ""
        was = statistics.median(queued[way])
        put = f"({count / was:,.0f})" if BACKED.get(way) else ""
        yield f"    {text:52}{speed[way]:8,.0f}{put:>10}"
    each = {way: speed[way] / workers[way] for way in WAYS}
    ours = each["outbox"]
    yield Line(
        "outbox : django-post_office, worker", ours / each["post_office"], least=5
    )
    yield Line("outbox : django-post_office, process", ours / speed["post_office"])
    yield Line("outbox : django-mailer, worker", ours / each["mailer"], least=5)
    yield Line("outbox : bare loop", ours / each["bare"], least=0.8)


BACKED = dict.fromkeys(("outbox", "notices", "post_office", "mailer"), True)


def queueing(place: places.Place, scale: float) -> Found:
    """Queue a batch of deliveries, and insert the same rows."""
    count = max(int(DELIVERIES * scale), 10)
    rounds = QUICK_ROUNDS if scale >= 1 else 1
    found = place.measure("queueing", count, rounds)
    times = {way: statistics.median(seconds) for way, seconds in found.items()}
    yield f"{count:,} deliveries with their notices: ms"
    for way, text in (
        ("recorded", "record_deliveries"),
        ("bare", "bare: an INSERT with all values for each table"),
        ("replayed", "replayed: its own statements, as text"),
    ):
        yield f"    {text:52}{times[way] * 1000:8.1f}"
    yield Line("recorded : bare inserts", times["recorded"] / times["bare"], most=2)
    yield Line("recorded : replayed", times["recorded"] / times["replayed"])


def claiming(place: places.Place, scale: float) -> Found:
    """Claim the next batch from tables of two lengths."""
    small, large = ROWS[0], max(int(ROWS[1] * scale), 2_000)
    found = place.measure("claiming", small, large, QUICK_ROUNDS if scale >= 1 else 3)
    yield f"claim of the next batch, {place.vendor}: ms"
    for key, text in (
        ("small", f"{small:,} rows"),
        ("mostly sent", f"{large:,} rows, mostly sent"),
        ("all waiting", f"{large:,} rows, all waiting"),
    ):
        yield f"    {text:52}{found[key] * 1000:8.1f}"
    for key in ("mostly sent", "all waiting"):
        yield Line(f"{key} : {small:,} rows", found[key] / found["small"], most=1.5)


PARTS = {"sending": sending, "queueing": queueing, "claiming": claiming}


def everything(parts: list[str], scale: float) -> Found:
    """Yield the lines of the parts that were asked for."""
    with (
        tempfile.TemporaryDirectory() as name,
        places.server(folder := Path(name)) as url,
    ):
        if url is None:
            yield f"PostgreSQL {places.NO_SERVER}"
        else:
            with places.new_database(url, folder) as place:
                for part in parts:
                    yield from PARTS[part](place, scale)
        if "claiming" in parts:
            own = places.Place(f"sqlite:///{folder / 'own.sqlite3'}", folder)
            yield from claiming(own, scale)


def main() -> int:
    """Print the lines; return 1 when a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=PARTS, action="append")
    parser.add_argument("--scale", type=float, default=1.0)
    told = parser.parse_args()
    kept = True
    for line in everything(told.part or list(PARTS), told.scale):
        print(line, flush=True)  # noqa: T201 - the table is the result
        kept &= not isinstance(line, Line) or line.is_kept
    print("All kept." if kept else "NOT KEPT.")  # noqa: T201
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
