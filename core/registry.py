"""What the apps declare for one place of the project, found at start-up.

The pattern is Django admin's: an app declares in a module of its own, the place that
shows it discovers. A broken, doubled or late declaration stops the start.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar

from django.apps import apps


class Declared(Protocol):
    """A declaration: its key is app label, dot, name; `order` sorts within the app."""

    key: str
    order: int


Entry = TypeVar("Entry", bound=Declared)


class Registry(Generic[Entry]):
    """The declarations by key. Django expects the name `_registry`."""

    def __init__(self) -> None:
        self._registry: dict[str, Entry] = {}
        self._frozen = False

    def register(self, entry: Entry) -> Entry:
        """Add a declaration. Raises ValueError for a bad, doubled or late key."""
        app_label = entry.key.partition(".")[0]
        if not re.fullmatch(r"[a-z]+\.[a-z_]+", entry.key) or not apps.is_installed(
            apps.get_app_config(app_label).name
        ):
            raise ValueError(f"{entry.key} is not 'app_label.name'")
        if self._frozen:
            raise ValueError(f"{entry.key} comes after start-up")
        if entry.key in self._registry:
            raise ValueError(f"{entry.key} is registered twice")
        self._registry[entry.key] = entry
        return entry

    def freeze(self) -> None:
        """Accept nothing more."""
        self._frozen = True

    def __getitem__(self, key: str) -> Entry:
        return self._registry[key]

    def __contains__(self, key: str) -> bool:
        return key in self._registry

    def get(self, key: str) -> Entry | None:
        """Return the declaration, None when there is none of this key."""
        return self._registry.get(key)

    def __iter__(self) -> Iterator[Entry]:
        """Yield what no program declares, then by program, then in their own order."""
        return iter(sorted(self._registry.values(), key=_position))

    @contextmanager
    def override(self, *entries: Entry) -> Iterator[None]:
        """Hold only these declarations for the duration of a test."""
        before, self._registry = self._registry, {e.key: e for e in entries}
        try:
            yield
        finally:
            self._registry = before


def _position(entry: Declared) -> tuple[int, int, str]:
    config = apps.get_app_config(entry.key.partition(".")[0])
    return getattr(config, "order", -1), entry.order, entry.key
