"""Application configuration."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from core.triggers import register as register_triggers


class DashboardConfig(AppConfig):
    """Finds what the programs declare, and keeps closed years closed."""

    name = "dashboard"
    verbose_name = _("Dashboard")

    def ready(self) -> None:
        """Read what every app declares; an error stops the start."""
        from . import (  # noqa: F401, PLC0415 - needs ready apps
            checks,
            contributions,
            indicators,
            refusals,
            triggers,
        )

        autodiscover_modules("indicators", register_to=indicators.registry)
        autodiscover_modules("checks", "general_checks", "contributions")
        for declared in (indicators, checks, contributions):
            declared.registry.freeze()
        register_triggers(triggers.protected)
        connection_created.connect(refusals.on_connection)
