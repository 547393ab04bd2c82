"""Pages of notices: the list, and letting a failed one go once more."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core.views import ProgramListView
from deliveries.filtersets import NoticeFilterSet
from deliveries.models import Notice
from deliveries.services import send_again
from deliveries.tables import NoticeTable
from deliveries.wording import told_at_night


class NoticeListView(ProgramListView):
    """The list of notices."""

    model = Notice
    table_class = NoticeTable
    filterset_class = NoticeFilterSet
    permission_required = "deliveries.view_notice"
    title = _("Notices")
    intro = _("One row per mail: what was sent when, what waits, what failed.")
    empty_hint = _("A notice appears here as soon as a delivery is recorded.")

    def get_queryset(self) -> QuerySet:
        """Join what every row shows."""
        notices = super().get_queryset()
        return notices.select_related("delivery", "subscription__municipality")


@require_POST
@permission_required("deliveries.change_notice", raise_exception=True)
def notice_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a failed notice go once more, if its news is still worth a mail."""
    notices = Notice.objects.visible_to(request.user).select_related("subscription")
    notice, at = get_object_or_404(notices, pk=pk), timezone.now()
    try:
        notice = send_again(notice=notice, at=at)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        if notice.state == Notice.State.WAITING:
            messages.success(request, _("The mail goes out once more."))
            if text := told_at_night([notice], at):
                messages.info(request, text)
    return redirect(notice.subscription)
