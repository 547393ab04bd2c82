"""Pages of the monthly statements, worked out from the slips."""

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core import fiscal
from core.views import ProgramListView, Total

from .filtersets import StatementFilterSet
from .models import Activity, Member
from .services import month_bounds
from .tables import StatementTable


def month_or_404(year: int, month: int) -> tuple[dt.date, dt.date]:
    """Return first and last day of a month; 404 when there is none such."""
    if not (2000 <= year <= 2100 and 1 <= month <= 12):
        raise Http404
    return month_bounds(year, month)


class StatementListView(ProgramListView):
    """The members with slips in a month, with what they pay and receive.

    Without a month in the address: the running one.
    """

    model = Member
    table_class = StatementTable
    filterset_class = StatementFilterSet
    template_name = "mutualaid/statement_list.html"
    permission_required = ("mutualaid.view_activity", "mutualaid.view_member")
    title = _("Statements")
    totals = {
        "received": Total(
            _("Received (hours)"), Sum("received_minutes"), per=60, decimals=1
        ),
        "to_pay": Total(_("To pay (yen)"), Sum("to_pay_jpy")),
        "helped": Total(_("Helped (hours)"), Sum("helped_minutes"), per=60, decimals=1),
        "to_receive": Total(_("To receive (yen)"), Sum("to_receive_jpy")),
    }

    @cached_property
    def bounds(self) -> tuple[dt.date, dt.date]:
        """First and last day of the month shown."""
        today = fiscal.local_date()
        return month_or_404(
            self.kwargs.get("year", today.year), self.kwargs.get("month", today.month)
        )

    def get_queryset(self) -> QuerySet:
        """Return the members with slips in the month, and their sums."""
        slips = Activity.objects.visible_to(self.request.user).between(*self.bounds)
        own = slips.filter(Q(recipient=OuterRef("pk")) | Q(helper=OuterRef("pk")))
        members = super().get_queryset().filter(Exists(own)).with_sums(slips)
        return members.select_related("group")

    def get_table_kwargs(self) -> dict[str, Any]:
        """Tell the table which month its links lead to."""
        first = self.bounds[0]
        return {"month": (first.year, first.month)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the month, and its neighbours to leaf to."""
        first, last = self.bounds
        return super().get_context_data(
            first=first,
            last=last,
            previous=first - dt.timedelta(days=1),
            following=last + dt.timedelta(days=1),
            **kwargs,
        )


@permission_required(
    ("mutualaid.view_activity", "mutualaid.view_member"), raise_exception=True
)
def statement_member(
    request: HttpRequest, year: int, month: int, pk: int
) -> HttpResponse:
    """Show one member's slips of a month, to be printed and handed out."""
    members = Member.objects.visible_to(request.user).select_related("group")
    member = get_object_or_404(members, pk=pk)
    first, last = month_or_404(year, month)
    slips = Activity.objects.visible_to(request.user).between(first, last)
    slips = slips.order_by("done_on", "pk").select_related("recipient", "helper")
    parts = [
        (_("Help received"), _("helper"), slips.filter(recipient=member), "fee_jpy"),
        (_("Help given"), _("recipient"), slips.filter(helper=member), "helper_jpy"),
    ]
    context = {
        "member": member,
        "first": first,
        "last": last,
        "parts": [_part(*part) for part in parts if part[2]],
    }
    return render(request, "mutualaid/statement_member.html", context)


def _part(title: Any, other: Any, slips: QuerySet, amount: str) -> dict[str, Any]:
    rows = slips.annotate(amount_jpy=F(amount))
    sums = slips.order_by().aggregate(
        minutes=Sum("duration_minutes"), amount=Sum(amount), travel=Sum("travel_jpy")
    )
    total = sums["amount"] + sums["travel"]
    return {"title": title, "other": other, "rows": rows, **sums, "total": total}
