"""The application, all of it loaded before workers are forked: a new one is fast."""

from django.urls import get_resolver

from config.wsgi import application

__all__ = ["application"]

# Imports every view and form; without it each new worker would do so by itself.
get_resolver().reverse_dict  # noqa: B018 - reading it is what fills it
