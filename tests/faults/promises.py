"""What was promised, and what was found."""

import operator
from dataclasses import dataclass

KEPT = {"≥": operator.ge, "=": operator.eq, "≤": operator.le}


@dataclass(frozen=True)
class Promise:
    """One line of the table: `found` stands to `wanted` as `sign` says."""

    text: str
    found: int
    wanted: int | None = None
    sign: str = ""

    @property
    def is_kept(self):
        return self.wanted is None or KEPT[self.sign](self.found, self.wanted)

    def __str__(self):
        wanted = "" if self.wanted is None else f"{self.wanted:,}"
        mark = "ok" if self.is_kept else "NOT KEPT"
        return f"  {self.text:52}{self.sign:>3}{wanted:>8}{self.found:>10,}  {mark}"


def at_least(text, found, wanted):
    return Promise(text, found, wanted, "≥")


def at_most(text, found, wanted):
    return Promise(text, found, wanted, "≤")


def exactly(text, found, wanted):
    return Promise(text, found, wanted, "=")


def told(text, found):
    """Return a line that promises nothing."""
    return Promise(text, found)
