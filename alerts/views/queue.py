"""The duty officer's queue, which a page that stays open refreshes by itself."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from alerts.escalation import unreachable_steps
from alerts.queue import queue_of
from core.htmx import wants_fragment


@require_safe
@permission_required("alerts.handle_incidentreport", raise_exception=True)
def queue(request: HttpRequest) -> HttpResponse:
    """Show what waits; of a page that is open, only the sections anew.

    `counts` are those that the open page shows: only others are worth saying aloud.
    """
    now = timezone.now()
    sections = queue_of(request.user, now=now)
    counts = "-".join(str(section.count) for section in sections)
    is_part = wants_fragment(request)
    context = {
        "sections": sections,
        "counts": counts,
        "now": now,
        "unreachable": unreachable_steps(),
        "says_counts": is_part and request.GET.get("counts") != counts,
    }
    template = "alerts/_queue.html" if is_part else "alerts/queue.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response
