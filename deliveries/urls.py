"""URLs of subscriptions, deliveries and notices."""

from django.urls import path

from . import expected_views, family_views, views

app_name = "deliveries"
urlpatterns = [
    path("", views.SubscriptionListView.as_view(), name="subscription_list"),
    path("new/", views.SubscriptionCreateView.as_view(), name="subscription_create"),
    path(
        "<int:pk>/", views.SubscriptionDetailView.as_view(), name="subscription_detail"
    ),
    path(
        "<int:pk>/edit/",
        views.SubscriptionUpdateView.as_view(),
        name="subscription_update",
    ),
    path("<int:pk>/confirm/", views.subscription_confirm, name="subscription_confirm"),
    path(
        "<int:pk>/pause/",
        views.SubscriptionPauseView.as_view(),
        name="subscription_pause",
    ),
    path("<int:pk>/resume/", views.subscription_resume, name="subscription_resume"),
    path(
        "<int:pk>/address/",
        views.SubscriptionAddressView.as_view(),
        name="subscription_address",
    ),
    path("<int:pk>/end/", views.SubscriptionEndView.as_view(), name="subscription_end"),
    path("deliveries/", views.DeliveryListView.as_view(), name="delivery_list"),
    path("deliveries/new/", views.DeliveryCreateView.as_view(), name="delivery_create"),
    path(
        "deliveries/import/",
        views.DeliveryImportView.as_view(),
        name="delivery_import",
    ),
    path(
        "deliveries/<int:pk>/",
        views.DeliveryDetailView.as_view(),
        name="delivery_detail",
    ),
    path("deliveries/<int:pk>/report/", views.delivery_report, name="delivery_report"),
    # What links in mails to families open; no sign-in.
    path("family/confirm/<str:token>/", family_views.confirm, name="family_confirm"),
    path("family/<str:token>/", family_views.manage, name="family_manage"),
    path("family/stop/<str:token>/", family_views.stop, name="family_stop"),
    path("notices/", views.NoticeListView.as_view(), name="notice_list"),
    path("notices/<int:pk>/retry/", views.notice_retry, name="notice_retry"),
    # Which deliveries are planned, and which of a day have not come.
    path("expected/", expected_views.ExpectedListView.as_view(), name="expected_list"),
    path("plans/", expected_views.PlanListView.as_view(), name="plan_list"),
    path("plans/new/", expected_views.PlanCreateView.as_view(), name="plan_create"),
    path("plans/import/", expected_views.PlanImportView.as_view(), name="plan_import"),
    path(
        "plans/<int:pk>/edit/",
        expected_views.PlanUpdateView.as_view(),
        name="plan_update",
    ),
    path("plans/<int:pk>/end/", expected_views.PlanEndView.as_view(), name="plan_end"),
    path("days-off/", expected_views.DayOffListView.as_view(), name="dayoff_list"),
    path(
        "days-off/new/", expected_views.DayOffCreateView.as_view(), name="dayoff_create"
    ),
    path(
        "days-off/<int:pk>/delete/",
        expected_views.DayOffDeleteView.as_view(),
        name="dayoff_delete",
    ),
]
