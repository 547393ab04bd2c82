"""URLs of donations, campaigns and schools."""

from django.urls import path

from . import campaigns, views, wishes

app_name = "donations"
urlpatterns = [
    path("", views.DonationListView.as_view(), name="donation_list"),
    path("new/", views.DonationCreateView.as_view(), name="donation_create"),
    path("<int:pk>/", views.DonationDetailView.as_view(), name="donation_detail"),
    path("<int:pk>/edit/", views.DonationUpdateView.as_view(), name="donation_update"),
    path("<int:pk>/send/", views.DonationSendView.as_view(), name="donation_send"),
    path(
        "<int:pk>/receive/",
        views.DonationReceiveView.as_view(),
        name="donation_receive",
    ),
    path("<int:pk>/thank/", views.DonationThankView.as_view(), name="donation_thank"),
    path("campaigns/", campaigns.CampaignListView.as_view(), name="campaign_list"),
    path(
        "campaigns/new/", campaigns.CampaignCreateView.as_view(), name="campaign_create"
    ),
    path(
        "campaigns/<int:year>/",
        campaigns.CampaignDetailView.as_view(),
        name="campaign_detail",
    ),
    path(
        "campaigns/<int:year>/edit/",
        campaigns.CampaignUpdateView.as_view(),
        name="campaign_update",
    ),
    path(
        "campaigns/<int:year>/stock/<slug:item>/",
        campaigns.StockUpdateView.as_view(),
        name="stock_update",
    ),
    path(
        "campaigns/<int:year>/allocate/<slug:item>/",
        campaigns.campaign_allocate,
        name="campaign_allocate",
    ),
    path(
        "campaigns/<int:year>/notes/", campaigns.campaign_notes, name="campaign_notes"
    ),
    path(
        "campaigns/<int:year>/labels/",
        campaigns.campaign_labels,
        name="campaign_labels",
    ),
    path(
        "campaigns/<int:year>/wishes/",
        wishes.WishImportView.as_view(),
        name="wish_import",
    ),
    path("campaigns/<int:year>/wishes/apply/", wishes.wish_apply, name="wish_apply"),
    path("schools/", views.SchoolListView.as_view(), name="school_list"),
    path("schools/new/", views.SchoolCreateView.as_view(), name="school_create"),
    path("schools/<int:pk>/", views.SchoolDetailView.as_view(), name="school_detail"),
    path(
        "schools/<int:pk>/edit/", views.SchoolUpdateView.as_view(), name="school_update"
    ),
    path("schools/suggest/", views.school_suggest, name="school_suggest"),
]
