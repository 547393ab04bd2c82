"""Subscriptions, deliveries, notices, and what belongs to them."""

from auditlog.registry import auditlog

from .bounce import Bounce
from .delivery import Delivery, Notice, new_message_id
from .expected import DayOff, Plan, SendingAlarm, SendingReport
from .link import FamilyLink
from .subscription import Subscription

__all__ = [
    "Bounce",
    "DayOff",
    "Delivery",
    "FamilyLink",
    "Notice",
    "Plan",
    "SendingAlarm",
    "SendingReport",
    "Subscription",
    "new_message_id",
]

auditlog.register(
    Subscription,
    exclude_fields=[
        "member_name",
        "family_name",
        "email",
        "consent_by",
        "end_reason",
        "search_key",
    ],
)
auditlog.register(Delivery, exclude_fields=["search_key"])
auditlog.register(Notice)
auditlog.register(Bounce)
auditlog.register(Plan, exclude_fields=["search_key"])
auditlog.register(DayOff)
