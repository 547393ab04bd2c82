"""URLs."""

app_name = "mutualaid"
urlpatterns = []
