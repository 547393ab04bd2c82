"""URLs of incident reports and case stories."""

from django.urls import path

from . import reporting, views

app_name = "alerts"
urlpatterns = [
    path("", views.IncidentReportListView.as_view(), name="report_list"),
    path("new/", reporting.IncidentReportCreateView.as_view(), name="report_create"),
    path("desks/", reporting.desks, name="desks"),
    path("<int:pk>/", views.IncidentReportDetailView.as_view(), name="report_detail"),
    path(
        "<int:pk>/edit/",
        views.IncidentReportUpdateView.as_view(),
        name="report_update",
    ),
    path("<int:pk>/receipt/", reporting.report_receipt, name="report_receipt"),
    path("<int:pk>/pass-on/", views.report_pass_on, name="report_pass_on"),
    path("<int:pk>/follow-up/", views.report_follow_up, name="report_follow_up"),
    path("<int:pk>/close/", views.report_close, name="report_close"),
    path("stories/", views.CaseStoryListView.as_view(), name="story_list"),
    path("stories/new/", views.CaseStoryCreateView.as_view(), name="story_create"),
    path("stories/<int:pk>/", views.CaseStoryDetailView.as_view(), name="story_detail"),
    path(
        "stories/<int:pk>/edit/",
        views.CaseStoryUpdateView.as_view(),
        name="story_update",
    ),
    path("stories/<int:pk>/approve/", views.story_approve, name="story_approve"),
    path("stories/<int:pk>/withdraw/", views.story_withdraw, name="story_withdraw"),
]
