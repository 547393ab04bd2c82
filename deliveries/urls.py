"""URLs of subscriptions, deliveries and notices."""

from django.urls import path

from . import expected_views, family_views, sending_views
from .views import bounces, deliveries, notices, subscriptions

app_name = "deliveries"
urlpatterns = [
    path("", subscriptions.SubscriptionListView.as_view(), name="subscription_list"),
    path(
        "new/",
        subscriptions.SubscriptionCreateView.as_view(),
        name="subscription_create",
    ),
    path(
        "<int:pk>/",
        subscriptions.SubscriptionDetailView.as_view(),
        name="subscription_detail",
    ),
    path(
        "<int:pk>/edit/",
        subscriptions.SubscriptionUpdateView.as_view(),
        name="subscription_update",
    ),
    path("<int:pk>/ask/", subscriptions.subscription_ask, name="subscription_ask"),
    path(
        "<int:pk>/pause/",
        subscriptions.SubscriptionPauseView.as_view(),
        name="subscription_pause",
    ),
    path(
        "<int:pk>/resume/",
        subscriptions.subscription_resume,
        name="subscription_resume",
    ),
    path(
        "<int:pk>/address/",
        subscriptions.SubscriptionAddressView.as_view(),
        name="subscription_address",
    ),
    path(
        "<int:pk>/release/",
        subscriptions.subscription_release,
        name="subscription_release",
    ),
    path(
        "<int:pk>/end/",
        subscriptions.SubscriptionEndView.as_view(),
        name="subscription_end",
    ),
    path("deliveries/", deliveries.DeliveryListView.as_view(), name="delivery_list"),
    path(
        "deliveries/new/",
        deliveries.DeliveryCreateView.as_view(),
        name="delivery_create",
    ),
    path(
        "deliveries/import/",
        deliveries.DeliveryImportView.as_view(),
        name="delivery_import",
    ),
    path(
        "deliveries/<int:pk>/",
        deliveries.DeliveryDetailView.as_view(),
        name="delivery_detail",
    ),
    path(
        "deliveries/<int:pk>/undo/",
        deliveries.DeliveryUndoView.as_view(),
        name="delivery_undo",
    ),
    path(
        "deliveries/<int:pk>/report/",
        deliveries.delivery_report,
        name="delivery_report",
    ),
    # What terminals offer to drivers.
    path(
        "deliveries/<int:pk>/incident/",
        deliveries.delivery_incident,
        name="delivery_incident",
    ),
    # What links in mails to families open; no sign-in.
    path("family/confirm/<str:token>/", family_views.confirm, name="family_confirm"),
    path("family/<str:token>/", family_views.manage, name="family_manage"),
    path("family/stop/<str:token>/", family_views.stop, name="family_stop"),
    path("notices/", notices.NoticeListView.as_view(), name="notice_list"),
    path("returned/", bounces.BounceListView.as_view(), name="bounce_list"),
    path("notices/<int:pk>/retry/", notices.notice_retry, name="notice_retry"),
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
    path("sending/", sending_views.SendingView.as_view(), name="sending"),
]
