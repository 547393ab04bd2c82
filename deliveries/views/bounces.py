"""The list of returned mails."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.views import ProgramListView
from deliveries.filtersets import BounceFilterSet
from deliveries.models import Bounce
from deliveries.tables import BounceTable


class BounceListView(ProgramListView):
    """The list of mails that came back or were marked as unwanted."""

    model = Bounce
    table_class = BounceTable
    filterset_class = BounceFilterSet
    permission_required = "deliveries.view_bounce"
    title = _("Returned mails")
    intro = _(
        "One row per report that a mail came back. A lasting failure or a complaint "
        "puts the address on hold at once, three temporary ones within seven days do."
    )
    empty_hint = _("No mail to a family has come back.")

    def get_queryset(self) -> QuerySet:
        """Join what every row shows."""
        bounces = super().get_queryset()
        return bounces.select_related("subscription__municipality", "notice")
