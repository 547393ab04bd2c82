"""The mails to families: written when they are sent, from what holds at that moment."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from core import fiscal
from outbox.kinds import Kind, Outcome, Postponed, Prepared, Withheld, register

from .links import Purpose, standing_links
from .models import Notice, Subscription
from .services import KIND, after_quiet_hours, correct

MAILS = "deliveries/emails"
STATES = {
    Outcome.SENT: Notice.State.SENT,
    Outcome.PARKED: Notice.State.FAILED,
    Outcome.REFUSED: Notice.State.FAILED,
    Outcome.WITHHELD: Notice.State.CANCELLED,
    Outcome.EXPIRED: Notice.State.CANCELLED,
}


def prepare(reference: str, at: dt.datetime) -> Prepared:
    """Write the mail of a notice; not when consent, pause or delivery forbid it now."""
    notice = Notice.objects.select_related("subscription", "delivery").get(pk=reference)
    if reason := reason_to_cancel(notice, at):
        return Withheld(reason)
    if (morning := after_quiet_hours(at)) > at:
        return Postponed(morning)
    return notice_mail(notice, at)


def reason_to_cancel(notice: Notice, at: dt.datetime) -> str:
    """Return why the mail must not go out, empty when it may.

    A correction goes to whoever got the notice, paused or not; never after an end.
    """
    subscription, today = notice.subscription, fiscal.local_date(at)
    is_correction = notice.kind == Notice.Kind.CORRECTION
    if not subscription.is_open:
        return Notice.Cancelled.ENDED
    if subscription.confirmed_on is None:
        return Notice.Cancelled.UNCONFIRMED
    if subscription.is_held:
        return Notice.Cancelled.HELD
    if is_correction:
        return ""
    if notice.delivery.is_undone:
        return Notice.Cancelled.UNDONE
    if subscription.is_paused(today) or subscription.is_paused(notice.noticed_for):
        return Notice.Cancelled.PAUSED
    return ""


def settled(reference: str, outcome: Outcome, at: dt.datetime) -> None:
    """Note what became of the mail; a delivery taken back meanwhile is corrected."""
    # Waits for whoever is just taking the delivery back, and then sees it.
    notice = Notice.objects.select_for_update(of=("self",)).get(pk=reference)
    state = STATES[outcome]
    notice.state = state
    notice.sent_at = at if state == Notice.State.SENT else None
    notice.cancelled_for = ""
    if outcome is Outcome.EXPIRED:
        notice.cancelled_for = Notice.Cancelled.STALE
    elif outcome is Outcome.WITHHELD:
        notice.cancelled_for = reason_to_cancel(notice, at) or Notice.Cancelled.ENDED
    notice.save(update_fields=["state", "sent_at", "cancelled_for"])
    if outcome is Outcome.SENT and notice.kind == Notice.Kind.DELIVERY:
        if notice.delivery.is_undone:
            correct([notice], at)


def notice_mail(notice: Notice, at: dt.datetime) -> EmailMultiAlternatives:
    """Return the mail of a notice, in the language of the co-op."""
    name = f"{notice.kind}_notice"
    context = {"delivery": notice.delivery, "notice": notice}
    return family_mail(name, notice.subscription, context, at)


def family_mail(
    name: str,
    subscription: Subscription,
    context: Mapping[str, Any],
    at: dt.datetime,
) -> EmailMultiAlternatives:
    """Return a mail to a family from its three templates, with the way to stop it."""
    links = standing_links(subscription, at)
    context = {
        "subscription": subscription,
        "manage_url": links[Purpose.MANAGE],
        "stop_url": links[Purpose.STOP],
        **context,
    }
    with translation.override(settings.LANGUAGE_CODE):
        subject = render_to_string(f"{MAILS}/{name}-subject.txt", context).strip()
        text = render_to_string(f"{MAILS}/{name}-body.txt", context)
        html = render_to_string(f"{MAILS}/{name}-body.html", context)
    headers = {
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<{links[Purpose.STOP]}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    mail = EmailMultiAlternatives(
        subject, text, to=[subscription.email], headers=headers
    )
    mail.attach_alternative(html, "text/html")
    return mail


register(Kind(key=KIND, prepare=prepare, settled=settled))
