"""Application configuration."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Core has no tables; it is installed for its checks and template tags."""

    name = "core"

    def ready(self) -> None:
        """Register the system checks."""
        from . import checks  # noqa: F401, PLC0415 - registers on import
