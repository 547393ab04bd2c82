"""URLs."""

app_name = "deliveries"
urlpatterns = []
