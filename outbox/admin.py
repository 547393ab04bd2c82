"""Administration of the queue: what waits or failed, and who sends. Texts stay hidden.

Neither recipients nor messages are shown: they are personal.
"""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from . import queue
from .by_hand import do_not_send, send_once_more
from .models import Mail, Worker


class StateListFilter(admin.SimpleListFilter):
    """The state; what is not sent yet, parked mails among it, comes by itself."""

    title = _("state")
    parameter_name = "state"
    UNSENT = (*Mail.OPEN, Mail.State.PARKED)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the states, and all of them together."""
        return [*Mail.State.choices, ("all", _("All"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Return the mails of the chosen state."""
        if self.value() == "all":
            return queryset
        states = [self.value()] if self.value() in Mail.State else self.UNSENT
        return queryset.filter(state__in=states)

    def choices(self, changelist: Any) -> Any:
        """Say of the first choice what it holds: not everything."""
        first, *others = super().choices(changelist)
        yield first | {"display": _("Not sent yet, or parked")}
        yield from others


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that the queue alone writes."""

    show_full_result_count = False
    lookups: frozenset[str] = frozenset()

    def lookup_allowed(
        self, lookup: str, value: str, request: HttpRequest | None = None
    ) -> bool:
        """Refuse every question but those of the filters."""
        return lookup in self.lookups

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Leave writing to the queue."""
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Mail | Worker | None = None
    ) -> bool:
        """Allow actions on the list, but no form."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(
        self, request: HttpRequest, obj: Mail | Worker | None = None
    ) -> bool:
        """Keep what was sent, until the queue forgets it."""
        return False


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    """Mails that wait, failed or went out, with two decisions about them."""

    list_display = ("due_at", "state", "what", "attempts", "last_error")
    list_filter = (StateListFilter, "kind")
    list_per_page = 100
    # What may stand in the address; asking for recipients would tell who they are.
    lookups = frozenset({"state", "kind", "kind__exact", "kind__isnull"})
    actions = ("send", "withhold")
    fields = (
        ("state", "kind", "reference"),
        ("due_at", "expires_at", "priority"),
        ("attempts", "last_error", "may_have_arrived"),
        ("created_at", "settled_at"),
        ("claimed_by", "lease_until", "begun_at"),
        "message_id",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Leave out what is never shown."""
        return super().get_queryset(request).defer("content", "recipients")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Leave out the heading: it is long, and stands among the fields."""
        context = {"subtitle": None, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    @admin.display(description=_("kind"), ordering="kind")
    def what(self, mail: Mail) -> str:
        """Return the kind; ordinary mails have none."""
        return mail.kind or "–"

    @admin.action(description=_("Send parked mails once more"), permissions=["change"])
    def send(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Let the chosen parked mails go out."""
        found = send_once_more(mails=queryset, at=timezone.now())
        self._log(request, found.mails, "Sent once more")
        count = len(found.mails)
        text = ngettext(
            "%(n)d mail will be sent once more.",
            "%(n)d mails will be sent once more.",
            count,
        )
        self.message_user(request, text % {"n": count})
        if found.too_old:
            text = ngettext(
                "%(n)d mail is too old to be sent.",
                "%(n)d mails are too old to be sent.",
                found.too_old,
            )
            self.message_user(request, text % {"n": found.too_old}, messages.WARNING)

    @admin.action(description=_("Do not send waiting mails"), permissions=["change"])
    def withhold(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Take the chosen waiting mails back."""
        mails = do_not_send(mails=queryset, at=timezone.now())
        self._log(request, mails, "Not sent")
        text = ngettext(
            "%(n)d mail will not be sent.",
            "%(n)d mails will not be sent.",
            len(mails),
        )
        self.message_user(request, text % {"n": len(mails)})

    def _log(self, request: HttpRequest, mails: list[Mail], text: str) -> None:
        if mails:
            LogEntry.objects.log_actions(request.user.pk, mails, CHANGE, text)


@admin.register(Worker)
class WorkerAdmin(ReadOnlyAdmin):
    """Who sends mails, and since when."""

    list_display = ("name", "started_at", "seen_at", "is_alive")
    fields = ("name", "started_at", "seen_at")

    @admin.display(description=_("sends"), boolean=True)
    def is_alive(self, worker: Worker) -> bool:
        """Return whether it was heard of lately."""
        return timezone.now() - worker.seen_at <= 2 * queue.PULSE
