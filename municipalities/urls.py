"""URLs of municipalities."""

from django.urls import path

from . import views

app_name = "municipalities"
urlpatterns = [
    path("", views.MunicipalityListView.as_view(), name="municipality_list"),
    path("desks/", views.DeskListView.as_view(), name="desk_list"),
    path("desks/<int:pk>/", views.DeskDetailView.as_view(), name="desk_detail"),
    path("suggest/", views.suggest, name="suggest"),
]
