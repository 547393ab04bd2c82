"""Application configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MunicipalitiesConfig(AppConfig):
    """Municipalities and their desks."""

    name = "municipalities"
    verbose_name = _("Municipalities")
