"""The JSON API: one document, to which applications add their routers."""

from ninja import NinjaAPI
from ninja.security import django_auth

from dashboard.api import router as figures

api = NinjaAPI(title="Tsunagari", version="1", auth=django_auth, docs_url=None)
api.add_router("", figures)
