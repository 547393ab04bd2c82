"""The health check."""

import datetime as dt

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from outbox import queue

LATE = dt.timedelta(minutes=10)


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers; say how mails stand.

    `/healthz?mail` answers 503 when mails are late or nobody sends any: pages work all
    the same, so only who asks for it is told by the status.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    at = timezone.now()
    trouble = _trouble(queue.standing(at))
    status = 503 if trouble and "mail" in request.GET else 200
    lines = [
        "ok" if status == 200 else "not ok",
        f"mail: {trouble or 'ok'}",
        f"parked mails: {queue.load(at).parked}",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain", status=status)


def _trouble(standing: queue.Standing) -> str:
    found = []
    if standing.is_late(LATE):
        waited = (standing.at - standing.oldest_due_at) // dt.timedelta(minutes=1)
        found.append(f"late, the oldest due mail waits for {waited} min")
    if standing.is_stopped:
        found.append("no worker")
    return "; ".join(found)
