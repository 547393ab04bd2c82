"""Tables of subscriptions, deliveries, notices and returned mails."""

import datetime as dt

import django_tables2 as tables
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core import fiscal
from core.tables import ProgramTable

from .models import Bounce, Delivery, Notice, Subscription
from .progress import Progress, progress_of
from .wording import delay_of, outlook_of

STATE_MARKS = {
    Notice.State.SENT: "mark-good",
    Notice.State.FAILED: "mark-danger",
    Notice.State.WAITING: "mark-warn",
}
PROGRESS_MARKS = {Progress.OPEN: "mark-good", Progress.ENDED: ""}


class SubscriptionTable(ProgramTable):
    """The list of subscriptions; names and addresses are masked, and not exported."""

    member_number = tables.Column(linkify=lambda record: record.get_absolute_url())
    masked_member_name = tables.Column(
        verbose_name=_("member delivered to"), orderable=False
    )
    masked_family_name = tables.Column(verbose_name=_("family member"), orderable=False)
    masked_email = tables.Column(verbose_name=_("mail address"), orderable=False)
    municipality = tables.Column(
        accessor="municipality__name",
        verbose_name=_("municipality"),
        order_by="municipality__code",
    )
    progress = tables.Column(
        verbose_name=_("state"),
        accessor="is_open",
        orderable=False,
    )
    # No DateColumn: that one would render what is missing, too.
    paused_until = tables.Column()

    class Meta(ProgramTable.Meta):
        model = Subscription
        fields = (
            "member_number",
            "masked_member_name",
            "masked_family_name",
            "masked_email",
            "municipality",
            "progress",
            "started_on",
            "confirmed_on",
            "paused_until",
            "ended_on",
        )

    def render_progress(self, record: Subscription) -> SafeString:
        """Say how far it has come; colour repeats it."""
        progress = progress_of(record, fiscal.local_date())
        mark = PROGRESS_MARKS.get(progress, "mark-warn")
        return format_html('<span class="mark {}">{}</span>', mark, progress.label)

    def render_paused_until(self, value: dt.date) -> str:
        """Show a pause while it lasts."""
        if value < fiscal.local_date():
            return ""
        return formats.date_format(value, "SHORT_DATE_FORMAT")


class DeliveryTable(ProgramTable):
    """The list of deliveries."""

    # No DateTimeColumn: that one would render what is missing, too.
    undone_at = tables.Column(default="")
    delivered_on = tables.DateColumn(linkify=lambda record: record.get_absolute_url())
    workplace = tables.Column(
        accessor="workplace__name", verbose_name=_("workplace"), order_by="workplace"
    )

    class Meta(ProgramTable.Meta):
        model = Delivery
        fields = (
            "delivered_on",
            "delivered_at",
            "member_number",
            "status",
            "workplace",
            "external_id",
            "undone_at",
        )

    def render_status(self, record: Delivery, value: str) -> SafeString | str:
        """Mark the one that somebody should look after, and those taken back."""
        if record.is_undone:
            return _taken_back(value)
        if record.status == Delivery.Status.PREVIOUS_UNTOUCHED:
            return format_html('<span class="mark mark-warn">{}</span>', value)
        return value


class NoticeTable(ProgramTable):
    """The list of notices: what became of each."""

    noticed_for = tables.DateColumn(
        linkify=lambda record: record.subscription.get_absolute_url()
    )
    member_number = tables.Column(
        accessor="subscription__member_number", verbose_name=_("co-op member number")
    )
    municipality = tables.Column(
        accessor="subscription__municipality__name",
        verbose_name=_("municipality"),
        order_by="subscription__municipality__code",
    )
    status = tables.Column(
        accessor="delivery__status", verbose_name=_("delivery status")
    )
    cancelled_for = tables.Column(verbose_name=_("why not sent"), default="")
    delay = tables.Column(accessor="key", verbose_name=_("delay"), orderable=False)

    class Meta(ProgramTable.Meta):
        model = Notice
        fields = (
            "noticed_for",
            "member_number",
            "municipality",
            "kind",
            "status",
            "state",
            "sent_at",
            "delay",
            "cancelled_for",
        )

    def render_status(self, record: Notice) -> str:
        """Show the name of the status, and whether the delivery was taken back."""
        status = record.delivery.get_status_display()
        return _taken_back(status) if record.delivery.is_undone else status

    def render_state(self, record: Notice, value: str) -> SafeString:
        """Say the state in words; colour repeats it. At night also when it goes out."""
        mark = STATE_MARKS.get(record.state, "")
        return format_html(
            '<div><span class="mark {}">{}</span> {}</div>',
            mark,
            value,
            outlook_of(record, timezone.now()),
        )

    def render_delay(self, record: Notice) -> str:
        """Say how long after the event the mail went out."""
        return delay_of(record)


class BounceTable(ProgramTable):
    """The list of returned mails; the address stands on the subscription's page."""

    bounced_on = tables.DateColumn(
        linkify=lambda record: record.subscription.get_absolute_url()
    )
    member_number = tables.Column(
        accessor="subscription__member_number", verbose_name=_("co-op member number")
    )
    municipality = tables.Column(
        accessor="subscription__municipality__name",
        verbose_name=_("municipality"),
        order_by="subscription__municipality__code",
    )
    source = tables.Column(verbose_name=_("learnt from"))
    notice = tables.Column(
        accessor="notice__noticed_for",
        verbose_name=_("day of delivery"),
        order_by="notice__noticed_for",
    )
    held = tables.Column(
        accessor="subscription__is_held",
        verbose_name=_("On hold"),
        orderable=False,
    )

    class Meta(ProgramTable.Meta):
        model = Bounce
        fields = (
            "bounced_on",
            "member_number",
            "municipality",
            "kind",
            "code",
            "source",
            "notice",
            "held",
        )

    def render_notice(self, value: dt.date) -> str:
        """Show the day like every other."""
        return formats.date_format(value, "SHORT_DATE_FORMAT")

    def render_held(self, value: bool) -> SafeString | str:
        """Say whether somebody still has to look after the address."""
        if value:
            return format_html('<span class="mark mark-warn">{}</span>', _("On hold"))
        return "–"


def _taken_back(status: str) -> SafeString:
    return format_html(
        '<div>{} <span class="mark">{}</span></div>', status, _("Taken back")
    )
