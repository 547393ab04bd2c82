"""URLs of municipalities."""

from django.urls import path

from .views import courses, desks, places

app_name = "municipalities"
urlpatterns = [
    path("", places.MunicipalityListView.as_view(), name="municipality_list"),
    path("desks/", desks.DeskListView.as_view(), name="desk_list"),
    path("desks/<int:pk>/", desks.DeskDetailView.as_view(), name="desk_detail"),
    path("courses/", courses.DeliveryCourseListView.as_view(), name="course_list"),
    path("courses/<int:pk>/wallet/", courses.course_wallet, name="course_wallet"),
    path("suggest/", places.suggest, name="suggest"),
]
