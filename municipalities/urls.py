"""URLs of municipalities."""

from django.urls import path

from . import views

app_name = "municipalities"
urlpatterns = [
    path("", views.MunicipalityListView.as_view(), name="municipality_list"),
    path("suggest/", views.suggest, name="suggest"),
]
