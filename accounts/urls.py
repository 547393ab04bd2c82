"""URLs of signing in and out; the names are those that allauth knows."""

from allauth.account import views
from django.urls import path

from .views import LogoutView, PasswordChangeView

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", LogoutView.as_view(), name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path(
        "password/change/",
        PasswordChangeView.as_view(),
        name="account_change_password",
    ),
]
