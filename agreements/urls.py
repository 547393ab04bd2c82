"""URLs of agreements and visits."""

from django.urls import path

from . import views

app_name = "agreements"
urlpatterns = [
    path("", views.AgreementListView.as_view(), name="agreement_list"),
    path("new/", views.AgreementCreateView.as_view(), name="agreement_create"),
    path("<int:pk>/", views.AgreementDetailView.as_view(), name="agreement_detail"),
    path(
        "<int:pk>/edit/", views.AgreementUpdateView.as_view(), name="agreement_update"
    ),
    path("<int:pk>/document/", views.agreement_document, name="agreement_document"),
    path("coverage/", views.coverage, name="coverage"),
    path("unvisited/", views.UnvisitedListView.as_view(), name="unvisited_list"),
    path("visits/", views.VisitListView.as_view(), name="visit_list"),
    path("visits/new/", views.VisitCreateView.as_view(), name="visit_create"),
    path("visits/<int:pk>/", views.VisitDetailView.as_view(), name="visit_detail"),
    path("visits/<int:pk>/edit/", views.VisitUpdateView.as_view(), name="visit_update"),
    path(
        "visits/<int:pk>/promises/new/",
        views.PromiseCreateView.as_view(),
        name="promise_create",
    ),
    path("promises/<int:pk>/keep/", views.promise_keep, name="promise_keep"),
]
