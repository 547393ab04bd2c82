"""The page that shows how the sending of mails stands."""

import datetime as dt
from typing import Any

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.utils import timezone
from django.views.generic import TemplateView

from core import fiscal
from outbox import queue

from .models import SendingAlarm, SendingReport
from .sending import figures_of
from .services import KIND
from .watch import stuck_since

SHOWN = 10


class SendingView(PermissionRequiredMixin, TemplateView):
    """How the queue stands, what went out today and yesterday, the last alarms.

    For whoever keeps the delivery mails, and for administrators, who keep the worker
    running. Numbers only.
    """

    template_name = "deliveries/sending.html"

    def has_permission(self) -> bool:
        """Tell whether the person keeps the mails or the workers."""
        user = self.request.user
        keeps = ("deliveries.view_notice", "outbox.view_worker")
        return any(user.has_perm(permission) for permission in keeps)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the queue, the days, alarms and reports."""
        now = timezone.now()
        standing = queue.standing(now)
        today = fiscal.local_date(now)
        yesterday = today - dt.timedelta(days=1)
        return super().get_context_data(
            now=now,
            standing=standing,
            load=queue.load(now),
            parked_others=queue.parked_besides(KIND),
            stuck_since=stuck_since(standing),
            days=[figures_of(today, now), figures_of(yesterday, now)],
            alarms=SendingAlarm.objects.all()[:SHOWN],
            reports=SendingReport.objects.all()[:SHOWN],
            **kwargs,
        )
