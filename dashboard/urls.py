"""URLs of the dashboard."""

from django.urls import path

from .views import figures as views

app_name = "dashboard"
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("municipality/<str:code>/", views.municipality, name="municipality"),
    path("<slug:program>/", views.program, name="program"),
]
