"""What was promised, and what was found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Promise:
    """One line of the table: `found` has to be at least, or exactly, `wanted`."""

    text: str
    found: int
    wanted: int | None = None
    is_exact: bool = False

    @property
    def is_kept(self):
        if self.wanted is None:
            return True
        if self.is_exact:
            return self.found == self.wanted
        return self.found >= self.wanted

    def __str__(self):
        wanted = "" if self.wanted is None else f"{self.wanted:,}"
        sign = "" if self.wanted is None else "=" if self.is_exact else "≥"
        mark = "ok" if self.is_kept else "NOT KEPT"
        return f"  {self.text:52}{sign:>3}{wanted:>8}{self.found:>10,}  {mark}"


def at_least(text, found, wanted):
    return Promise(text, found, wanted)


def exactly(text, found, wanted):
    return Promise(text, found, wanted, is_exact=True)


def told(text, found):
    """Return a line that promises nothing."""
    return Promise(text, found)
