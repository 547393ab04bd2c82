"""The JSON API: one document, to which applications add their routers."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from ninja import NinjaAPI
from ninja.security import django_auth

from dashboard.api import router as figures

# What describes the interface is for people who are signed in.
DESCRIPTION = ("api-root", "openapi-json")


class Api(NinjaAPI):
    """An API that asks for the sign-in itself: 401 instead of the sign-in page."""

    @property
    def urls(self) -> Any:
        """Return the patterns, their operations outside the sign-in middleware."""
        patterns, app_name, namespace = super().urls
        for pattern in patterns:
            if pattern.name not in DESCRIPTION:
                login_not_required(pattern.callback)
        return patterns, app_name, namespace


api = Api(title="Tsunagari", version="1", auth=django_auth, docs_url=None)
api.add_router("", figures)
