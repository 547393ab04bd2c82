"""URL of the log of reads; apart from signing in, whose names have no namespace."""

from django.urls import path

from .log_views import AccessLogView

app_name = "accounts"
urlpatterns = [path("reads/", AccessLogView.as_view(), name="access_log")]
