"""URLs of the annual report."""

from django.urls import path

from .views import report as views

app_name = "report"
urlpatterns = [
    path("<int:year>/", views.report, name="report"),
    path("<int:year>/text/<slug:section>/", views.text, name="text"),
    path("<int:year>/publish/", views.publish, name="publish"),
    path("<int:year>/public-address/", views.address, name="address"),
    path("<int:year>/public/", views.public, name="public"),
]
