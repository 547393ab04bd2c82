"""Application configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Users, workplaces and roles."""

    name = "accounts"
    verbose_name = _("Users and workplaces")
