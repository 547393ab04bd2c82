"""URLs of incident reports and case stories."""

from django.urls import path

from .views import (
    desk_work,
    duplicates,
    personal,
    photos,
    queue,
    reporting,
    reports,
    stories,
)

app_name = "alerts"
urlpatterns = [
    path("", reports.IncidentReportListView.as_view(), name="report_list"),
    path("queue/", queue.queue, name="queue"),
    path("new/", reporting.IncidentReportCreateView.as_view(), name="report_create"),
    path("new/token/", reporting.report_token, name="report_token"),
    path("<int:pk>/", reports.IncidentReportDetailView.as_view(), name="report_detail"),
    path(
        "<int:pk>/edit/",
        desk_work.IncidentReportUpdateView.as_view(),
        name="report_update",
    ),
    path("<int:pk>/reveal/", personal.report_reveal, name="report_reveal"),
    path("<int:pk>/sheet/", personal.report_print, name="report_print"),
    path("<int:pk>/looks/", personal.ReportLooksView.as_view(), name="report_looks"),
    path("<int:pk>/photos/", photos.photo_add, name="photo_add"),
    path("photos/<uuid:key>/", photos.photo, name="photo"),
    path("photos/<uuid:key>/delete/", photos.photo_delete, name="photo_delete"),
    path("<int:pk>/receipt/", reporting.report_receipt, name="report_receipt"),
    path("<int:pk>/pass-on/", desk_work.report_pass_on, name="report_pass_on"),
    path(
        "<int:pk>/pass-on/edit/",
        desk_work.report_pass_on_update,
        name="report_pass_on_update",
    ),
    path("<int:pk>/ask-again/", desk_work.report_ask_again, name="report_ask_again"),
    path("<int:pk>/follow-up/", desk_work.report_follow_up, name="report_follow_up"),
    path("<int:pk>/close/", desk_work.report_close, name="report_close"),
    path("similar/", duplicates.similar, name="similar"),
    path("<int:pk>/merge/", duplicates.report_merge, name="report_merge"),
    path("<int:pk>/separate/", duplicates.report_separate, name="report_separate"),
    path("<int:pk>/apart/", duplicates.report_tell_apart, name="report_tell_apart"),
    path("<int:pk>/not-apart/", duplicates.report_not_apart, name="report_not_apart"),
    path("stories/", stories.CaseStoryListView.as_view(), name="story_list"),
    path("stories/new/", stories.CaseStoryCreateView.as_view(), name="story_create"),
    path(
        "stories/<int:pk>/", stories.CaseStoryDetailView.as_view(), name="story_detail"
    ),
    path(
        "stories/<int:pk>/edit/",
        stories.CaseStoryUpdateView.as_view(),
        name="story_update",
    ),
    path("stories/<int:pk>/approve/", stories.story_approve, name="story_approve"),
    path("stories/<int:pk>/withdraw/", stories.story_withdraw, name="story_withdraw"),
]
