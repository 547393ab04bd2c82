"""URLs of subscriptions, deliveries and notices."""

from django.urls import path

from . import family_views, views

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
]
