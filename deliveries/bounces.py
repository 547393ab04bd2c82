"""Mails that came back: recorded once each, the address put on hold, the co-op told."""

import datetime as dt
import mailbox
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import translation

from accounts.addresses import addresses_of
from core import fiscal
from core.access import coordinator_of

from . import subscribing
from .models import Bounce, FamilyLink, Notice, Subscription
from .returned_mails import LARGEST, Report, folded, reports_of

MAILS = "deliveries/emails/bounce_told"
# So many mails that came back for the time being, within so long, stop the next ones.
TEMPORARY_MAILS = 3
TEMPORARY_WITHIN = dt.timedelta(days=7)
# Our server that refuses so many families within so long refuses us, not them.
REFUSED_FAMILIES = 5
REFUSED_WITHIN = dt.timedelta(hours=1)
# Nobody writes one mail into a mailbox for so long.
OLD_LOCK = dt.timedelta(minutes=10)
HELD_FOR = {
    Bounce.Kind.PERMANENT: Subscription.HeldFor.BOUNCED,
    Bounce.Kind.TEMPORARY: Subscription.HeldFor.BOUNCED,
    Bounce.Kind.COMPLAINT: Subscription.HeldFor.COMPLAINT,
}


@transaction.atomic
def record_bounce(
    *,
    message_id: str,
    recipient: str,
    kind: str,
    code: str,
    source: str,
    key: str,
    at: dt.datetime,
) -> Bounce | None:
    """Record that a mail came back, once per source and key; None for a mail not ours.

    The mail is known by its Message-ID; `recipient`, where it is told, must be the
    address the subscription has now. Without a Message-ID, a mail service is believed
    about an address; a mailbox, into which anybody may write, only about addresses
    that wait for their confirmation.

    A permanent failure or a complaint puts every open subscription with the address on
    hold at once, temporary ones do after three different mails within seven days, all
    since the last release. The coordinators are told once for each hold.
    """
    key = f"{source}:{key}"[:200]
    if known := Bounce.objects.filter(key=key).first():
        return known
    found = _find(message_id, recipient, source)
    return _note(*found, kind, code, source, key, at) if found else None


@transaction.atomic
def record_refusal(
    *, subscription: Subscription, notice: Notice | None, key: str, at: dt.datetime
) -> Bounce:
    """Record that our own server refused the address while a mail was sent.

    For whoever sends, before it locks the notice.
    """
    source = Bounce.Source.SERVER
    kind = Bounce.Kind.PERMANENT
    return _note(subscription, notice, kind, "", source, f"{source}:{key}"[:200], at)


def _note(
    subscription: Subscription,
    notice: Notice | None,
    kind: str,
    code: str,
    source: str,
    key: str,
    at: dt.datetime,
) -> Bounce:
    # Whoever notes another one about the address waits, and then counts this one. All
    # rows in one order, so that neither waits for the other.
    rows = _with_address(subscription.email) | Subscription.objects.filter(
        pk=subscription.pk
    )
    same = list(rows.select_for_update(no_key=True).order_by("pk"))
    # As it is now: it may have been released since it was found.
    subscription = next(one for one in same if one.pk == subscription.pk)
    bounce, is_new = Bounce.objects.get_or_create(
        key=key,
        defaults={
            "subscription": subscription,
            "notice": notice,
            "kind": kind,
            "source": source,
            "code": code[:20],
            "bounced_at": at,
            "bounced_on": fiscal.local_date(at),
        },
    )
    if notice is None and source == Bounce.Source.MAILBOX:
        # Guessed by the address alone, which says nothing about one that works.
        same = [one for one in same if one.confirmed_on is None]
    if is_new and _is_enough(bounce):
        for one in same:
            if one.is_open and not one.is_held:
                _hold(one, bounce, at)
    return bounce


def _find(
    message_id: str, recipient: str, source: str
) -> tuple[Subscription, Notice | None] | None:
    """Return whose mail it was, and the notice; None for a confirmation's."""
    notices = Notice.objects.select_related("subscription")
    notice = notices.filter(message_id=message_id).first() if message_id else None
    if notice:
        current = folded(notice.subscription.email)
        if recipient and folded(recipient) != current:
            return None
        return notice.subscription, notice
    if not recipient:
        return None
    subscriptions = _with_address(recipient)
    if source == Bounce.Source.MAILBOX:
        subscriptions = subscriptions.filter(
            confirmed_on__isnull=True, links__purpose=FamilyLink.Purpose.CONFIRM
        )
    subscription = subscriptions.order_by("pk").first()
    return (subscription, None) if subscription else None


def _with_address(address: str) -> QuerySet[Subscription]:
    local, _at, domain = folded(address).rpartition("@")
    return Subscription.objects.filter(
        ended_on__isnull=True, email__iexact=f"{local}@{domain}"
    )


def _is_enough(bounce: Bounce) -> bool:
    """Tell whether mails to the address must stop."""
    if bounce.source == Bounce.Source.SERVER:
        return not _server_refuses_everybody(bounce)
    if bounce.kind != Bounce.Kind.TEMPORARY:
        return True
    lately = bounce.subscription.bounces.filter(
        kind=Bounce.Kind.TEMPORARY,
        bounced_at__gt=bounce.bounced_at - TEMPORARY_WITHIN,
        bounced_at__lte=bounce.bounced_at,
    )
    if released_at := bounce.subscription.released_at:
        # Else the first one after the release would hold the address again.
        lately = lately.filter(bounced_at__gt=released_at)
    # A mail that is reported several times counts once.
    mails = set(lately.order_by().values_list("notice", flat=True).distinct())
    return len(mails) >= TEMPORARY_MAILS


def _server_refuses_everybody(bounce: Bounce) -> bool:
    """Tell whether the trouble is our server's, such as a password it does not take.

    Then no address is to blame, and nobody should have to release hundreds of them.
    """
    lately = Bounce.objects.filter(
        source=Bounce.Source.SERVER, bounced_at__gt=bounce.bounced_at - REFUSED_WITHIN
    )
    others = lately.exclude(subscription=bounce.subscription).order_by()
    return others.values("subscription").distinct().count() >= REFUSED_FAMILIES


def _hold(subscription: Subscription, bounce: Bounce, at: dt.datetime) -> None:
    subscribing.hold(subscription=subscription, held_for=HELD_FOR[bounce.kind], at=at)
    if to := list(addresses_of(coordinator_of("deliveries"))):
        told_mail(subscription, bounce, to).send()


def told_mail(
    subscription: Subscription, bounce: Bounce, to: list[str]
) -> EmailMultiAlternatives:
    """Return the mail to the coordinators, in the co-op's language."""
    with translation.override(settings.LANGUAGE_CODE):
        context = {
            "bounce": bounce,
            "is_complaint": bounce.kind == Bounce.Kind.COMPLAINT,
            "url": settings.SITE_URL + subscription.get_absolute_url(),
        }
        subject = render_to_string(f"{MAILS}-subject.txt", context).strip()
        text = render_to_string(f"{MAILS}-body.txt", context)
        html = render_to_string(f"{MAILS}-body.html", context)
    headers = {"Auto-Submitted": "auto-generated"}
    mail = EmailMultiAlternatives(subject, text, to=to, headers=headers)
    mail.attach_alternative(html, "text/html")
    return mail


def read_mailbox(path: Path, at: dt.datetime) -> Counter[str]:
    """Record the reports of an mbox file; return the counts.

    `read` is the number of mails, and each is one of: `recorded` now, `known` from
    before, `unknown` (about no mail of ours, or no longer this family's address),
    `skipped` (no report, or not to be understood). The file is locked meanwhile, read
    mail by mail, and not changed. Raises OSError or mailbox.Error for the file.
    """
    counts: Counter[str] = Counter()
    _drop_old_lock(path)
    box = mailbox.mbox(path, create=False)
    try:
        box.lock()
        for number in box.iterkeys():
            with box.get_file(number) as file:
                raw = file.read(LARGEST)
            counts["read"] += 1
            counts[_take_in(raw, at)] += 1
    finally:
        # Unlocks it, too.
        box.close()
    return counts


def _drop_old_lock(path: Path) -> None:
    """Delete a lock file that somebody killed left behind, as mail programs do.

    Whoever reads for longer still holds the file's other lock.
    """
    lock = Path(f"{path}.lock")
    with suppress(FileNotFoundError):
        if time.time() - lock.stat().st_mtime > OLD_LOCK.total_seconds():
            lock.unlink()


def _take_in(raw: bytes, at: dt.datetime) -> str:
    try:
        reports = reports_of(raw)
    except Exception:  # noqa: BLE001 - whatever came in, the next mail must be read
        return "skipped"
    if not reports:
        return "skipped"
    outcomes = {_record(report, at) for report in reports}
    return next(o for o in ("recorded", "known", "unknown") if o in outcomes)


def _record(report: Report, at: dt.datetime) -> str:
    key = f"{Bounce.Source.MAILBOX}:{report.key}"
    if Bounce.objects.filter(key=key).exists():
        return "known"
    # The first pair of mail and recipient that is one of ours.
    for message_id in report.message_ids or ("",):
        for recipient in report.recipients or ("",):
            if record_bounce(
                message_id=message_id,
                recipient=recipient,
                kind=report.kind,
                code=report.code,
                source=Bounce.Source.MAILBOX,
                key=report.key,
                at=at,
            ):
                return "recorded"
    return "unknown"
