"""The mails to families: written when they are sent, from what holds at that moment."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from core import fiscal
from outbox import queue
from outbox.kinds import Kind, Outcome, Postponed, Prepared, Withheld, register

from .bounces import record_refusal
from .links import Purpose, standing_links, url_of
from .models import FamilyLink, Notice, Subscription
from .services import KIND, after_quiet_hours, correct
from .subscribing import ADDRESS_CHANGED, CONFIRMATION, is_over

MAILS = "deliveries/emails"
STATES = {
    Outcome.SENT: Notice.State.SENT,
    Outcome.PARKED: Notice.State.FAILED,
    Outcome.REFUSED: Notice.State.FAILED,
    Outcome.WITHHELD: Notice.State.CANCELLED,
    Outcome.BY_HAND: Notice.State.CANCELLED,
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
    """Note what became of the mail; a delivery taken back meanwhile is corrected.

    So it is when an attempt before may have reached the family, whatever came after it.
    """
    if outcome is Outcome.REFUSED:
        _note_refusal(reference, at)
    is_sent = outcome is Outcome.SENT
    reason = "" if is_sent else _reason_of(outcome, reference, at)
    # Waits for whoever is just taking the delivery back; what is asked next sees it.
    rows = Notice.objects.filter(pk=reference)
    changed = rows.update(
        state=STATES[outcome], sent_at=at if is_sent else None, cancelled_for=reason
    )
    if not changed:
        raise Notice.DoesNotExist
    undone = rows.filter(kind=Notice.Kind.DELIVERY, delivery__undone_at__isnull=False)
    if told := [n for n in undone if is_sent or queue.in_doubt([n.key])]:
        correct(told, at)


def _reason_of(outcome: Outcome, reference: str, at: dt.datetime) -> str:
    """Return why a mail did not go out; empty when it only failed."""
    if outcome is Outcome.EXPIRED:
        return Notice.Cancelled.STALE
    if outcome is Outcome.BY_HAND:
        return Notice.Cancelled.BY_HAND
    if outcome is Outcome.WITHHELD:
        notice = Notice.objects.select_related("subscription", "delivery")
        return reason_to_cancel(notice.get(pk=reference), at) or Notice.Cancelled.ENDED
    return ""


def _note_refusal(reference: str, at: dt.datetime) -> None:
    """Note it before the notice is locked, as whoever ends a subscription does."""
    notice = Notice.objects.select_related("subscription").get(pk=reference)
    record_refusal(
        subscription=notice.subscription, notice=notice, key=f"{notice.key}:{at}", at=at
    )


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


def prepare_confirmation(reference: str, at: dt.datetime) -> Prepared:
    """Write the mail that asks to confirm; only with the newest link, and once."""
    link = _link_to_confirm(reference)
    subscription = link.subscription
    if not subscription.is_open:
        return Withheld(Notice.Cancelled.ENDED)
    newer = subscription.links.filter(purpose=Purpose.CONFIRM, pk__gt=link.pk)
    if subscription.confirmed_on is not None or newer.exists():
        return Withheld("answered")
    context = {"link": link, "confirm_url": url_of(link)}
    return family_mail("confirmation", subscription, context, at)


def confirmation_settled(reference: str, outcome: Outcome, at: dt.datetime) -> None:
    """Note an address that our own server refuses; the link itself stays as it is."""
    if outcome is Outcome.REFUSED:
        subscription = _link_to_confirm(reference).subscription
        key = f"{CONFIRMATION}:{reference}:{at}"
        record_refusal(subscription=subscription, notice=None, key=key, at=at)


def prepare_address_changed(reference: str, at: dt.datetime) -> Prepared:
    """Write the mail that tells the address of before; also once it was replaced."""
    before = _link_to_confirm(reference).subscription.replaces
    if is_over(subscription=before):
        return Withheld(Notice.Cancelled.ENDED)
    if before.is_held:
        return Withheld(Notice.Cancelled.HELD)
    return family_mail("address_changed", before, {}, at)


def _link_to_confirm(reference: str) -> FamilyLink:
    links = FamilyLink.objects.select_related("subscription__replaces")
    return links.get(pk=reference)


register(Kind(key=KIND, prepare=prepare, settled=settled))
register(
    Kind(key=CONFIRMATION, prepare=prepare_confirmation, settled=confirmation_settled)
)
register(Kind(key=ADDRESS_CHANGED, prepare=prepare_address_changed))
