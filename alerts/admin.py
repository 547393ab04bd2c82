"""Administration of the checklist; reports and stories are not registered here."""

from django.contrib import admin
from django.http import HttpRequest

from .models import Sign


@admin.register(Sign)
class SignAdmin(admin.ModelAdmin):
    """The checklist: new lines, order, and lines that are no longer offered."""

    list_display = ("code", "name", "order", "is_urgent", "is_active")
    list_editable = ("order", "is_urgent", "is_active")
    list_filter = ("is_urgent", "is_active")
    search_fields = ("code", "name")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Sign | None = None
    ) -> tuple[str, ...]:
        """Keep the code, by which figures of past years are grouped."""
        return ("code",) if obj else ()

    def has_delete_permission(
        self, request: HttpRequest, obj: Sign | None = None
    ) -> bool:
        """Never delete a line: reports carry it. Switch it off instead."""
        return False
