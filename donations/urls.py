"""URLs."""

app_name = "donations"
urlpatterns = []
