"""URLs of the dashboard."""

from django.http import HttpResponse
from django.urls import path

app_name = "dashboard"
urlpatterns = [
    path("", lambda r: HttpResponse(""), name="dashboard"),
    path(
        "municipality/<str:code>/",
        lambda r, code: HttpResponse(""),
        name="municipality",
    ),
]
