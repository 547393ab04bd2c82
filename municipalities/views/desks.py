"""The list of desks, and the page of one."""

from typing import Any

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from core import fiscal
from core.hours import holiday_name
from core.views import ProgramListView
from municipalities.desks import open_state
from municipalities.filtersets import DeskFilterSet
from municipalities.models import Desk
from municipalities.tables import DeskTable


class DeskListView(ProgramListView):
    """The list of desks in use."""

    model = Desk
    table_class = DeskTable
    filterset_class = DeskFilterSet
    permission_required = "municipalities.view_desk"
    template_name = "municipalities/desk_list.html"
    title = _("Desks")
    intro = _("Whom to call when something was noticed. Touch a number to call it.")
    empty_hint = _("An administrator enters desks in the administration.")

    def get_queryset(self) -> QuerySet:
        """Join the municipality, which every row shows; leave out closed desks."""
        desks = super().get_queryset().filter(is_active=True)
        rows = desks.select_related("municipality")
        return rows.order_by("municipality__code", "kind", "name")

    def get_table_kwargs(self) -> dict[str, Any]:
        """Say for which instant the table tells what is open."""
        return {"at": timezone.now()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the name of a holiday, which closes most desks."""
        today = fiscal.local_date()
        return super().get_context_data(holiday=holiday_name(today), **kwargs)


class DeskDetailView(PermissionRequiredMixin, DetailView):
    """The page of one desk, and the other desks of its municipality."""

    permission_required = "municipalities.view_desk"

    def get_queryset(self) -> QuerySet:
        """Return the desks the person may see."""
        desks = Desk.objects.visible_to(self.request.user)
        return desks.select_related("municipality", "fallback")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the other desks, who is open now, and whether to verify this one."""
        now = timezone.now()
        today = fiscal.local_date(now)
        desks = Desk.objects.visible_to(self.request.user)
        others = desks.filter(municipality=self.object.municipality, is_active=True)
        others = others.exclude(pk=self.object.pk).order_by("kind", "name")
        fallback = self.object.fallback
        return super().get_context_data(
            is_due=self.object.is_due_for_verification(today),
            state=open_state(self.object, now),
            holiday=holiday_name(today),
            fallback=fallback if fallback and fallback.is_active else None,
            others=[(other, open_state(other, now)) for other in others],
            **kwargs,
        )
