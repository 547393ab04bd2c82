"""System check: the triggers that keep closed years closed stand."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register

from . import triggers


@register(Tags.database)
def check_triggers(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Warn of triggers that are absent or changed; `migrate` makes them again.

    A warning and no error: `migrate` itself asks the checks before it begins.
    """
    if "default" not in (databases or ()) or not (wrong := triggers.missing()):
        return []
    return [
        Warning(
            f"Closed years are not fully protected: {len(wrong)} triggers are missing "
            f"or changed, such as {wrong[0]}.",
            hint="Run `manage.py migrate`; it makes the triggers again.",
            id="dashboard.W001",
        )
    ]
