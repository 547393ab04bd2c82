"""Application configuration."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from . import kinds


class OutboxConfig(AppConfig):
    """One row per mail, Django's e-mail backend, and the worker that sends."""

    name = "outbox"
    verbose_name = _("Outbox")

    def ready(self) -> None:
        """Find the kinds of mail that programs declare in `mails.py`."""
        autodiscover_modules("mails", register_to=kinds.registry)
        kinds.registry.freeze()
