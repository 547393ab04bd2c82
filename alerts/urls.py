"""URLs."""

app_name = "alerts"
urlpatterns = []
