"""URLs of mutual aid."""

from django.urls import path

from . import people, statements, views

app_name = "mutualaid"
urlpatterns = [
    path("", views.ActivityListView.as_view(), name="activity_list"),
    path("activities/new/", views.ActivityCreateView.as_view(), name="activity_create"),
    path("activities/grid/", views.activity_grid, name="activity_grid"),
    path(
        "activities/<int:pk>/",
        views.ActivityDetailView.as_view(),
        name="activity_detail",
    ),
    path(
        "activities/<int:pk>/reverse/", views.activity_reverse, name="activity_reverse"
    ),
    path("requests/", people.RequestListView.as_view(), name="request_list"),
    path("requests/new/", people.RequestCreateView.as_view(), name="request_create"),
    path(
        "requests/<int:pk>/", people.RequestDetailView.as_view(), name="request_detail"
    ),
    path(
        "requests/<int:pk>/edit/",
        people.RequestUpdateView.as_view(),
        name="request_update",
    ),
    path("requests/<int:pk>/cancel/", people.request_cancel, name="request_cancel"),
    path("members/", people.MemberListView.as_view(), name="member_list"),
    path("members/new/", people.MemberCreateView.as_view(), name="member_create"),
    path("members/<int:pk>/", people.MemberDetailView.as_view(), name="member_detail"),
    path(
        "members/<int:pk>/edit/",
        people.MemberUpdateView.as_view(),
        name="member_update",
    ),
    path("members/suggest/<slug:role>/", people.member_suggest, name="member_suggest"),
    path("groups/", people.GroupListView.as_view(), name="group_list"),
    path("groups/new/", people.GroupCreateView.as_view(), name="group_create"),
    path("groups/<int:pk>/", people.GroupDetailView.as_view(), name="group_detail"),
    path(
        "groups/<int:pk>/edit/", people.GroupUpdateView.as_view(), name="group_update"
    ),
    path("tariffs/", people.TariffListView.as_view(), name="tariff_list"),
    path("tariffs/new/", people.TariffCreateView.as_view(), name="tariff_create"),
    path(
        "tariffs/<int:pk>/end/",
        people.TariffUpdateView.as_view(),
        name="tariff_update",
    ),
    path("statements/", statements.StatementListView.as_view(), name="statement"),
    path(
        "statements/<int:year>/<int:month>/",
        statements.StatementListView.as_view(),
        name="statement_month",
    ),
    path(
        "statements/<int:year>/<int:month>/<int:pk>/",
        statements.statement_member,
        name="statement_member",
    ),
]
