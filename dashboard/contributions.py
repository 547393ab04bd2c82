"""The registry of contributions: what a program adds beside its figures.

A program writes `contributions.py` and calls `register()` with a `Contribution`, as it
declares its indicators. The dashboard shows it on the program's page, in its section of
the annual report, or in both.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.utils.functional import Promise

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
    to readers without sign-in; without it they see none of it.
    """

    key: str
    label: str | Promise
    template: str
    data: Callable[[Moment], Data]
    permission: str
    places: frozenset[Place]
    public: Callable[[Data], Data] | None = None
    order: int = 0

    @property
    def app_label(self) -> str:
        """The program that declares it."""
        return self.key.partition(".")[0]


class Registry:
    """The contributions by key. Django expects the name `_registry`."""

    def __init__(self) -> None:
        self._registry: dict[str, Contribution] = {}
        self._frozen = False

    def register(self, contribution: Contribution) -> Contribution:
        """Add a contribution. Raises ValueError for a bad, doubled or late key."""
        app_label = contribution.app_label
        if not re.fullmatch(
            r"[a-z]+\.[a-z_]+", contribution.key
        ) or not apps.is_installed(apps.get_app_config(app_label).name):
            raise ValueError(f"{contribution.key} is not 'app_label.name'")
        if self._frozen:
            raise ValueError(f"{contribution.key} comes after start-up")
        if contribution.key in self._registry:
            raise ValueError(f"{contribution.key} is registered twice")
        if not contribution.places or not contribution.places <= set(Place):
            raise ValueError(f"{contribution.key} says no place where it is shown")
        self._registry[contribution.key] = contribution
        return contribution

    def freeze(self) -> None:
        """Accept no more contributions."""
        self._frozen = True

    def get(self, key: str) -> Contribution | None:
        """Return the contribution, None when there is none of this key."""
        return self._registry.get(key)

    def __contains__(self, key: str) -> bool:
        return key in self._registry

    def __iter__(self) -> Iterator[Contribution]:
        """Yield the contributions by program, then in their own order."""
        return iter(
            sorted(self._registry.values(), key=lambda c: (c.app_label, c.order, c.key))
        )

    def of(self, app_label: str, place: Place) -> list[Contribution]:
        """Return what a program adds in a place, in order."""
        return [c for c in self if c.app_label == app_label and place in c.places]

    @contextmanager
    def override(self, *contributions: Contribution) -> Iterator[None]:
        """Hold only these contributions for the duration of a test."""
        before, self._registry = self._registry, {c.key: c for c in contributions}
        try:
            yield
        finally:
            self._registry = before


registry = Registry()
register = registry.register
