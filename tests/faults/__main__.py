"""Inject the faults that were promised, and print what became of it: `make faults`."""

import argparse
import signal
import sys
import time

from tests.faults import edits, keys, reads, reports
from tests.faults.mails import calm, dead, headers, mails, operations, scanners, stops
from tests.faults.stack import missing, running

PARTS = {
    "reports": reports.run,
    "keys": keys.run,
    "edits": edits.run,
    "reads": reads.run,
    "mails": mails.run,
    "calm": calm.run,
    "dead": dead.run,
    "stops": stops.run,
    "scanners": scanners.run,
    "headers": headers.run,
    "random": operations.run,
}
VENDORS = ("sqlite", "postgresql")


def say(*lines):
    print(*lines, sep="\n", flush=True)  # noqa: T201 - the table is the result


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=VENDORS, action="append")
    parser.add_argument("--part", choices=PARTS, action="append")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    return parser.parse_args()


def main():
    """Print a table per database; return 1 when a promise was not kept."""
    told = arguments()
    vendors = told.database or VENDORS
    if lacks := {missing(vendor) for vendor in vendors} - {""}:
        say(*lacks, "Nothing was run.")
        return 1
    say(f"seed {told.seed}, scale {told.scale:g} (the same seed draws the same faults)")
    kept = True
    for vendor in vendors:
        with running(vendor, told.seed) as stack:
            for part in told.part or PARTS:
                start = time.monotonic()
                lines = PARTS[part](stack, scale=told.scale, seed=told.seed)
                say(f"{vendor}, {part}: {time.monotonic() - start:.0f} s", *lines)
                kept &= all(line.is_kept for line in lines)
    say("All kept." if kept else "NOT KEPT.")
    return 0 if kept else 1


if __name__ == "__main__":
    # Whoever ends the run ends its servers with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main())
