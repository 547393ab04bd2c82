"""URLs."""

app_name = "childcare"
urlpatterns = []
