"""Application configuration."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate, pre_migrate


class CoreConfig(AppConfig):
    """Core has no tables; it brings checks, triggers and template tags."""

    name = "core"

    def ready(self) -> None:
        """Register the system checks, and make the triggers after every migrate."""
        from . import checks, triggers  # noqa: F401, PLC0415 - needs ready apps

        # The signals are sent for apps with tables only; this one stands for all.
        sender = apps.get_app_config("contenttypes")
        pre_migrate.connect(triggers.before_migrate, sender=sender)
        post_migrate.connect(triggers.after_migrate, sender=sender)
