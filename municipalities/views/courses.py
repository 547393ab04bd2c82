"""The list of delivery courses, and the wallet sheet of one."""

from django.contrib.auth.decorators import permission_required
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core import fiscal
from core.views import ProgramListView
from municipalities.desks import wallet_cards
from municipalities.filtersets import DeliveryCourseFilterSet
from municipalities.models import CourseArea, DeliveryCourse
from municipalities.tables import DeliveryCourseTable


class DeliveryCourseListView(ProgramListView):
    """The list of delivery courses in use."""

    model = DeliveryCourse
    table_class = DeliveryCourseTable
    filterset_class = DeliveryCourseFilterSet
    permission_required = "municipalities.view_deliverycourse"
    template_name = "municipalities/deliverycourse_list.html"
    title = _("Delivery courses")
    intro = _("Where each course leads. The wallet sheet has the desks on the way.")
    empty_hint = _("An administrator enters delivery courses in the administration.")

    def get_queryset(self) -> QuerySet:
        """Join workplace and areas, which every row shows; leave out old courses."""
        areas = CourseArea.objects.select_related("municipality")
        ordered = areas.order_by("municipality__code", "sub_area")
        rows = super().get_queryset().filter(is_active=True)
        rows = rows.select_related("workplace").order_by("workplace__code", "code")
        return rows.prefetch_related(Prefetch("areas", ordered))


@require_safe
@permission_required(
    ["municipalities.view_deliverycourse", "municipalities.view_desk"],
    raise_exception=True,
)
def course_wallet(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the cards of a course, to be printed and folded into a purse."""
    courses = DeliveryCourse.objects.visible_to(request.user)
    course = get_object_or_404(courses.select_related("workplace"), pk=pk)
    today = fiscal.local_date()
    context = {
        "course": course,
        "today": today,
        "cards": wallet_cards(course, user=request.user, today=today),
    }
    return render(request, "municipalities/course_wallet.html", context)
