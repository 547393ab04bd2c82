"""Application configuration."""

from django.utils.translation import gettext_lazy as _

from core import programs


class DeliveriesConfig(programs.ProgramConfig):
    """Subscriptions to delivery notices, deliveries, and the notices sent."""

    name = "deliveries"
    verbose_name = _("Delivery notices")
    order = 60
    pages = (
        programs.Page(
            "deliveries:subscription_list",
            _("Subscriptions"),
            "deliveries.view_subscription",
        ),
        programs.Page(
            "deliveries:delivery_list", _("Deliveries"), "deliveries.view_delivery"
        ),
        programs.Page("deliveries:notice_list", _("Notices"), "deliveries.view_notice"),
        programs.Page(
            "deliveries:bounce_list", _("Returned mails"), "deliveries.view_bounce"
        ),
        programs.Page(
            "deliveries:expected_list", _("Expected deliveries"), "deliveries.view_plan"
        ),
        programs.Page(
            "deliveries:sending", _("State of sending"), "deliveries.view_notice"
        ),
    )
    action = programs.Page(
        "deliveries:subscription_create",
        _("Record a subscription"),
        "deliveries.add_subscription",
    )
    frame_template = "deliveries/_sending_banner.html"
