"""Figures of the delivery notices."""

from django.utils.translation import gettext_lazy as _

from dashboard.indicators import By, Flow, Stock, by_area, register

from .models import Bounce, Notice, Subscription
from .progress import BY_FAMILY

register(
    Stock(
        key="deliveries.subscriptions",
        label=_("Subscriptions in force"),
        unit=_("subscriptions"),
        definition=_(
            "Subscriptions begun and confirmed by the family, and not ended on the "
            "day. A paused subscription counts."
        ),
        records=lambda day: Subscription.objects.in_force(day),
        by=by_area(),
        rows="deliveries:subscription_list",
        permission="deliveries.view_subscription",
        order=10,
        counts_people=True,
    )
)
register(
    Flow(
        key="deliveries.notices_sent",
        label=_("Delivery notices sent"),
        unit=_("mails"),
        definition=_(
            "Mails about deliveries of the year that a mail server has accepted; one "
            "per family member and delivery."
        ),
        records=lambda: Notice.objects.sent(),
        on="noticed_for",
        by={
            "status": By(label=_("Delivery status"), path="delivery__status"),
            **by_area("subscription__municipality"),
        },
        rows="deliveries:notice_list",
        rows_query={"sent": "true"},
        permission="deliveries.view_notice",
        order=20,
    )
)
register(
    Flow(
        key="deliveries.bounces",
        label=_("Returned delivery mails"),
        unit=_("mails"),
        definition=_(
            "Reports in the year that a mail to a family came back or was marked as "
            "unwanted; each report once. Confirmation mails are among them."
        ),
        records=lambda: Bounce.objects.all(),
        on="bounced_on",
        by={
            "kind": By(label=_("Kind of return"), path="kind"),
            **by_area("subscription__municipality"),
        },
        rows="deliveries:bounce_list",
        permission="deliveries.view_bounce",
        order=30,
    )
)
register(
    Flow(
        key="deliveries.stops",
        label=_("Stopped by the family"),
        unit=_("subscriptions"),
        definition=_(
            "Subscriptions that the family ended itself in the year, by the link in a "
            "mail or the button of its mail program. Those that the co-op ended and "
            "changes of address do not count."
        ),
        records=lambda: Subscription.objects.filter(ended_how__in=BY_FAMILY),
        on="ended_on",
        year="ended_year",
        by={
            "how": By(label=_("How it ended"), path="ended_how"),
            **by_area(),
        },
        rows="deliveries:subscription_list",
        rows_query={"state": "stopped"},
        permission="deliveries.view_subscription",
        order=40,
        counts_people=True,
    )
)
