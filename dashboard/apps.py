"""Application configuration."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class DashboardConfig(AppConfig):
    """Finds what the programs declare."""

    name = "dashboard"
    verbose_name = _("Dashboard")

    def ready(self) -> None:
        """Read what every app declares; an error stops the start."""
        from .indicators import registry  # noqa: PLC0415 - needs ready apps

        autodiscover_modules("indicators", register_to=registry)
        registry.freeze()
        autodiscover_modules("checks", "contributions")
