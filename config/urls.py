"""URLs of the whole project."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from accounts.views import home

from .api import api
from .health import healthz

handler404 = "core.errors.page_not_found"
urlpatterns = [
    path("", home, name="home"),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("accounts.log_urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("municipalities/", include("municipalities.urls")),
    path("agreements/", include("agreements.urls")),
    path("alerts/", include("alerts.urls")),
    path("childcare/", include("childcare.urls")),
    path("mutualaid/", include("mutualaid.urls")),
    path("donations/", include("donations.urls")),
    path("deliveries/", include("deliveries.urls")),
    path("dashboard/", include("dashboard.urls")),
    path("report/", include("dashboard.report_urls")),
    # Before the administration's own: only that page asks when something is unsent.
    path(
        "admin/logout/",
        RedirectView.as_view(pattern_name="account_logout"),
        name="admin_logout",
    ),
    path("admin/", admin.site.urls),
    path("api/v1/", api.urls),
    path("healthz", healthz, name="healthz"),
]
