"""Administration of the items that schools are given."""

from django.contrib import admin

from .models import Item


@admin.register(Item)
class ItemAdmin(admin.ModelAdmin):
    """Items; a code that figures are kept under is never changed."""

    list_display = ("name", "code", "unit", "is_active")
    list_filter = ("is_active",)

    def get_readonly_fields(
        self, request: object, obj: Item | None = None
    ) -> tuple[str, ...]:
        """Let the code be typed once."""
        return () if obj is None else ("code",)
