"""Application configuration."""

from functools import partial

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core import triggers


class AccountsConfig(AppConfig):
    """Users, workplaces and roles."""

    name = "accounts"
    verbose_name = _("Users and workplaces")

    def ready(self) -> None:
        """Let the database keep the log of reads as it was written."""
        from .models import AccessEntry  # noqa: PLC0415 - needs ready apps

        triggers.register(partial(triggers.append_only, AccessEntry))
