"""URLs of the dashboard."""

from django.urls import path

from .views import checks, closing
from .views import figures as views

app_name = "dashboard"
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("checks/<int:year>/", checks.checks, name="checks"),
    path("municipality/<str:code>/", views.municipality, name="municipality"),
    path("closing/<int:year>/", closing.closing, name="closing"),
    path("closing/<int:year>/close/", closing.close, name="close"),
    path("closing/<int:year>/reopen/", closing.reopen, name="reopen"),
    path(
        "closing/<int:year>/remarks/new/",
        closing.RemarkCreateView.as_view(),
        name="remark_create",
    ),
    path("remarks/<int:pk>/delete/", closing.remark_delete, name="remark_delete"),
    path("<slug:program>/", views.program, name="program"),
]
