"""The registry of contributions: what a program adds beside its figures.

A program writes `contributions.py` and calls `register()` with a `Contribution`, as it
declares its indicators. The dashboard shows it on the program's page, in its section of
the annual report, or in both.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise

from core.registry import Registry

from .indicators import Moment

Data = Mapping[str, Any]


class Place(StrEnum):
    """Where a contribution is shown."""

    PROGRAM = "program"
    REPORT = "report"


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """Something a program shows beside its figures: stories, a grid of municipalities.

    key: app label, dot, name; permanent, because published reports keep it.
    label: its heading. data: returns what is shown of a year, as of a day, as plain
    data (text, numbers, lists, mappings with text as keys; no dates, no objects),
    because a published report freezes it; empty: nothing is shown. Its queries must
    not grow with rows. template: renders `data` and nothing else; it gets `data`,
    `label` and `year`, and its headings begin at h3. permission: who may see it.
    places: where it is shown. public: returns what of frozen data may still be shown
    to readers without sign-in; without it they see none of it. styles: the style sheet
    that its template needs on the program's page.
    """

    key: str
    label: str | Promise
    template: str
    data: Callable[[Moment], Data]
    permission: str
    places: frozenset[Place]
    public: Callable[[Data], Data] | None = None
    styles: str = ""
    order: int = 0

    @property
    def app_label(self) -> str:
        """The program that declares it."""
        return self.key.partition(".")[0]


class ContributionRegistry(Registry[Contribution]):
    """The contributions by key."""

    def register(self, entry: Contribution) -> Contribution:
        """Add a contribution. Raises ValueError for one that is shown nowhere, too."""
        if not entry.places or not entry.places <= set(Place):
            raise ValueError(f"{entry.key} says no place where it is shown")
        return super().register(entry)

    def of(self, app_label: str, place: Place) -> list[Contribution]:
        """Return what a program adds in a place, in order."""
        return [c for c in self if c.app_label == app_label and place in c.places]


registry = ContributionRegistry()
register = registry.register
