"""URLs of hubs and sessions."""

from django.urls import path

from . import views

app_name = "childcare"
MONTH = "hubs/<slug:code>/month/<int:year>/<int:month>/"
urlpatterns = [
    path("", views.SessionListView.as_view(), name="session_list"),
    path("new/", views.SessionCreateView.as_view(), name="session_create"),
    path("<int:pk>/", views.SessionDetailView.as_view(), name="session_detail"),
    path("<int:pk>/edit/", views.SessionUpdateView.as_view(), name="session_update"),
    path("<int:pk>/delete/", views.SessionDeleteView.as_view(), name="session_delete"),
    path("not-reported/", views.NotReportedListView.as_view(), name="not_reported"),
    path("hubs/", views.HubListView.as_view(), name="hub_list"),
    path("hubs/new/", views.HubCreateView.as_view(), name="hub_create"),
    path("hubs/<slug:code>/", views.HubDetailView.as_view(), name="hub_detail"),
    path("hubs/<slug:code>/edit/", views.HubUpdateView.as_view(), name="hub_update"),
    path(MONTH, views.month_sheet, name="month_sheet"),
    path(f"{MONTH}report.xlsx", views.month_report, name="month_report"),
]
