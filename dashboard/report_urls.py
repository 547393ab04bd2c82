"""URLs of the annual report."""

app_name = "report"
urlpatterns: list = []
