"""Application configuration."""

from django.apps import AppConfig


class Config(AppConfig):
    """Placeholder."""

    name = "donations"
