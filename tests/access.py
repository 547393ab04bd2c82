"""What an entry of the table URL × role × status says."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

ACTORS = (
    "staff",
    "officer",
    "coordinator",
    "manager",
    "administrator",
    "outsider",
)
EVERYBODY = frozenset(ACTORS)
NOBODY = frozenset()


@dataclass(frozen=True)
class Rule:
    """Who may ask for a URL, and what the others get.

    may: the actors that get an answer (`allowed` when it is one certain status).
    out_of_scope: those that have the permission but not this row: 404.
    make: makes the row and returns the arguments of the URL.
    """

    may: Collection[str]
    method: str = "get"
    make: Callable[[], dict] | None = None
    allowed: int = 0
    denied: int = 403
    anonymous: int = 302
    out_of_scope: Collection[str] = field(default_factory=frozenset)
