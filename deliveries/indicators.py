"""Figures of the delivery notices."""

from django.utils.translation import gettext_lazy as _

from dashboard.indicators import By, Flow, Stock, by_area, register

from .models import Notice, Subscription

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
