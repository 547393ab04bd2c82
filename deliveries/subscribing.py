"""Subscribing: asking to confirm, confirming, pausing, another address, stopping.

Whoever ends or pauses a subscription commits first and then waits until none of its
mails is going out any more, so that no mail leaves after the answer (`outbox.queue`).
"""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import get_connection
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext_lazy as _

from core import fiscal
from outbox import queue
from outbox.kinds import Priority, Reference

from .links import Purpose, new_link
from .models import FamilyLink, Notice, Subscription

# The kinds of mail in the outbox (`deliveries.mails`); both refer to a link to confirm.
CONFIRMATION = "deliveries.confirmation"
ADDRESS_CHANGED = "deliveries.address_changed"
# A mail that asks for an answer is of no use a day later: one asks anew.
ASK_WITHIN = dt.timedelta(days=1)
LONGEST_PAUSE = dt.timedelta(days=366)
CHANGES_A_DAY = 3
# Longer than one mail may take, so that a wait mostly ends with a sure answer.
WAIT_SECONDS = settings.OUTBOX_MAIL_SECONDS + 2


@transaction.atomic
def subscribe(*, subscription: Subscription, at: dt.datetime) -> Subscription:
    """Save a new, validated subscription and ask the family to confirm its address."""
    subscription.save()
    ask_to_confirm(subscription=subscription, at=at)
    return subscription


@transaction.atomic
def ask_to_confirm(*, subscription: Subscription, at: dt.datetime) -> FamilyLink:
    """Queue a mail with a link to confirm the address; older such links end.

    Raises ValidationError when the subscription has ended or is confirmed.
    """
    subscription = _locked(subscription)
    _require_open(subscription)
    if subscription.confirmed_on is not None:
        raise ValidationError(_("This address is already confirmed."), code="confirmed")
    older = _links_to_confirm([subscription])
    queue.withdraw([_key(CONFIRMATION, pk) for pk in _pks(older)], at)
    older.filter(used_at__isnull=True, expires_at__gt=at).update(expires_at=at)
    link = new_link(subscription, Purpose.CONFIRM, at)
    _queue(CONFIRMATION, link, at)
    return link


@transaction.atomic
def confirm(*, link: FamilyLink, at: dt.datetime) -> Subscription:
    """Note that the address is confirmed; a second time changes nothing.

    With a new address the subscription of before ends, and what waits to be sent to it
    goes to the new one. Raises ValidationError when the link's time is over or the
    subscription has ended.
    """
    *before, subscription = _with_the_one_before(link.subscription)
    link.refresh_from_db()
    _require_open(subscription)
    if subscription.confirmed_on is None and link.expires_at <= at:
        raise ValidationError(_("This link is not valid any more."), code="expired")
    if link.used_at is None:
        link.used_at = at
        link.save(update_fields=["used_at"])
    if subscription.confirmed_on is None:
        subscription.confirmed_on = fiscal.local_date(at)
        for old in before:
            _take_over(subscription, old, at)
        subscription.save(update_fields=["confirmed_on", "paused_until"])
    return subscription


def pause(*, subscription: Subscription, until: dt.date, at: dt.datetime) -> bool:
    """Send nothing up to the day `until`; True when no mail is going out any more.

    Raises ValidationError for a day that is over or more than a year away, and when the
    subscription has ended.
    """
    today = fiscal.local_date(at)
    if until < today:
        raise ValidationError(
            _("This day is over. Enter today or a later day."), code="past"
        )
    if until > today + LONGEST_PAUSE:
        raise ValidationError(
            _("A pause lasts a year at most. Enter an earlier day."), code="too_long"
        )
    with transaction.atomic(durable=True):
        subscription = _locked(subscription)
        _require_open(subscription)
        subscription.paused_until = until
        subscription.save(update_fields=["paused_until"])
    return _wait([subscription])


@transaction.atomic
def resume(*, subscription: Subscription) -> None:
    """End a pause; without one, or after the end, nothing changes."""
    subscription = _locked(subscription)
    if subscription.is_open and subscription.paused_until is not None:
        subscription.paused_until = None
        subscription.save(update_fields=["paused_until"])


def stop(
    *, subscription: Subscription, how: str, at: dt.datetime, reason: str = ""
) -> bool:
    """End a subscription and whatever took or is to take its place, for good.

    `how` is one of `Subscription.EndedHow`. Mails that wait are withdrawn. True when
    none is going out any more; False when one was already on its way and its outcome is
    not known yet. What ended before keeps its day; the answer is the same.
    """
    with transaction.atomic(durable=True):
        rows = _with_successors(_locked(subscription))
        for row in rows:
            _end(row, how, at, reason)
        # An address of before may just be about to hear that it was replaced.
        family = [*_replaced_by(rows[0]), *rows]
        _withdraw(family, at)
    return _wait(family)


def is_over(*, subscription: Subscription) -> bool:
    """Tell whether it and whatever took or is to take its place has ended."""
    rows = found = [subscription]
    while found:
        found = list(Subscription.objects.filter(replaces__in=found))
        rows = rows + found
    return not any(row.is_open for row in rows)


@transaction.atomic
def change_address(
    *, subscription: Subscription, email: str, at: dt.datetime
) -> Subscription:
    """Ask another address to confirm; return the subscription that waits for it.

    The one of before goes on until then, and its address is told. Of several requests
    the last one counts: of one that itself waits to take a place, the request is made
    anew. Raises ValidationError when the member's notices already go to the address,
    after three requests within a day, when whoever reads the address has refused, and
    when the subscription has ended.
    """
    *before, subscription = _with_the_one_before(subscription)
    _require_open(subscription)
    if before and subscription.confirmed_on is None:
        [subscription] = before
    _require_unrefused(subscription, email)
    waiting = list(subscription.successors.filter(ended_on__isnull=True))
    asked = FamilyLink.objects.filter(
        purpose=Purpose.CONFIRM,
        subscription__replaces=subscription,
        created_at__gt=at - dt.timedelta(days=1),
    )
    if asked.count() >= CHANGES_A_DAY:
        raise ValidationError(
            _("The address was changed several times today. Please try tomorrow."),
            code="too_often",
        )
    successor = _successor(subscription, email, at)
    for row in waiting:
        if row.email.lower() == email.lower():
            successor = row
        else:
            _end(row, Subscription.EndedHow.ADDRESS, at)
    _withdraw([row for row in waiting if row != successor], at)
    if successor.pk is None:
        # `ended_on` stays in, or Django skips the rule of one open row.
        successor.full_clean()
        successor.save()
    link = ask_to_confirm(subscription=successor, at=at)
    if subscription.confirmed_on is not None:
        _queue(ADDRESS_CHANGED, link, at)
    return successor


@transaction.atomic
def hold(*, subscription: Subscription, held_for: str, at: dt.datetime) -> None:
    """Send nothing more, since mails come back; one already on hold stays as it is."""
    subscription = _locked(subscription)
    if subscription.is_open and not subscription.is_held:
        subscription.held_since, subscription.held_for = at, held_for
        subscription.save(update_fields=["held_since", "held_for"])


@transaction.atomic
def release(*, subscription: Subscription, at: dt.datetime) -> None:
    """Send again; what was held back meanwhile is not sent any more.

    Mails that came back for the time being before are forgiven (`deliveries.bounces`).
    """
    subscription = _locked(subscription)
    if subscription.is_held:
        subscription.held_since, subscription.held_for = None, ""
        subscription.released_at = at
        subscription.save(update_fields=["held_since", "held_for", "released_at"])


def _locked(subscription: Subscription) -> Subscription:
    # Not the key: rows that refer to it may be written meanwhile.
    rows = Subscription.objects.select_for_update(no_key=True)
    return rows.get(pk=subscription.pk)


def _with_the_one_before(subscription: Subscription) -> QuerySet[Subscription]:
    """Lock it and the one in whose place it stands, or is to: the older one first.

    So does `stop`: neither waits for the other.
    """
    pks = [subscription.replaces_id, subscription.pk]
    rows = Subscription.objects.select_for_update(no_key=True).filter(pk__in=pks)
    return rows.order_by("pk")


def _require_open(subscription: Subscription) -> None:
    if not subscription.is_open:
        raise ValidationError(_("This subscription has already ended."), code="ended")


def refused_on(*, member_number: str, email: str) -> dt.date | None:
    """Return the day on which whoever reads an address refused; None without one.

    The mail that asks to confirm promises that a refusal is for good.
    """
    refused = Subscription.objects.filter(
        member_number=member_number,
        email__iexact=email,
        confirmed_on__isnull=True,
        ended_how__in=[Subscription.EndedHow.LINK, Subscription.EndedHow.ONE_CLICK],
    )
    return refused.aggregate(day=Max("ended_on"))["day"]


def _require_unrefused(subscription: Subscription, email: str) -> None:
    if refused_on(member_number=subscription.member_number, email=email):
        raise ValidationError(
            _(
                "Whoever reads this address does not want these mails. If that was a "
                "mistake, please call your co-op."
            ),
            code="refused",
        )


def _take_over(new: Subscription, old: Subscription, at: dt.datetime) -> None:
    """Let `new` take the place of `old`, whose waiting notices it gets."""
    if not old.is_open:
        return
    new.paused_until = old.paused_until
    _end(old, Subscription.EndedHow.ADDRESS, at)
    old.notices.filter(state=Notice.State.WAITING).update(subscription=new)


def _successor(old: Subscription, email: str, at: dt.datetime) -> Subscription:
    return Subscription(
        member_number=old.member_number,
        member_name=old.member_name,
        municipality_id=old.municipality_id,
        family_name=old.family_name,
        email=email,
        consent_on=old.consent_on,
        consent_form=old.consent_form,
        consent_by=old.consent_by,
        started_on=max(fiscal.local_date(at), old.started_on),
        paused_until=old.paused_until,
        replaces=old,
    )


def _replaced_by(subscription: Subscription) -> list[Subscription]:
    """Return those in whose place it stands, the newest first; a query per change."""
    before = []
    while subscription.confirmed_on and (subscription := subscription.replaces):
        before.append(subscription)
    return before


def _with_successors(subscription: Subscription) -> list[Subscription]:
    """Return it and all that came after it, the oldest first; a query per change."""
    rows = found = [subscription]
    while found:
        after = Subscription.objects.select_for_update(no_key=True)
        found = list(after.filter(replaces__in=found).order_by("pk"))
        rows = rows + found
    return rows


def _end(
    subscription: Subscription, how: str, at: dt.datetime, reason: str = ""
) -> None:
    if not subscription.is_open:
        return
    subscription.ended_on = max(fiscal.local_date(at), subscription.consent_on)
    subscription.ended_how, subscription.end_reason = how, reason
    subscription.save(update_fields=["ended_on", "ended_how", "end_reason"])


def _withdraw(subscriptions: Iterable[Subscription], at: dt.datetime) -> None:
    """Take back what waits; one that is just going out notes its outcome itself."""
    # One that failed did fail, and may belong to a closed year. Notices before mails: a
    # worker that notes an outcome has its notice, and may want mails withdrawn here.
    waiting = Notice.objects.filter(
        subscription__in=subscriptions, state=Notice.State.WAITING
    )
    waiting.update(state=Notice.State.CANCELLED, cancelled_for=Notice.Cancelled.ENDED)
    queue.withdraw(_keys(subscriptions), at)


def _wait(subscriptions: Iterable[Subscription]) -> bool:
    """Wait, after the commit, until no mail to these families is going out.

    Looks the mails up only now: one may have been queued and begun before the commit.
    """
    return queue.wait_until_settled(_keys(subscriptions), WAIT_SECONDS)


def _keys(subscriptions: Iterable[Subscription]) -> list[str]:
    """Return the keys of their mails not known to be sent, three queries."""
    notices = Notice.objects.filter(subscription__in=subscriptions)
    unsent = notices.exclude(state=Notice.State.SENT).only("pk")
    told = FamilyLink.objects.filter(
        purpose=Purpose.CONFIRM, subscription__replaces__in=subscriptions
    )
    return [
        *(notice.key for notice in unsent),
        *(_key(CONFIRMATION, pk) for pk in _pks(_links_to_confirm(subscriptions))),
        *(_key(ADDRESS_CHANGED, pk) for pk in _pks(told)),
    ]


def _links_to_confirm(subscriptions: Iterable[Subscription]) -> QuerySet[FamilyLink]:
    return FamilyLink.objects.filter(
        purpose=Purpose.CONFIRM, subscription__in=subscriptions
    )


def _pks(links: QuerySet[FamilyLink]) -> QuerySet:
    return links.values_list("pk", flat=True)


def _key(kind: str, pk: int) -> str:
    return f"{kind}:{pk}"


def _queue(kind: str, link: FamilyLink, at: dt.datetime) -> None:
    mail = Reference(
        kind,
        str(link.pk),
        key=_key(kind, link.pk),
        due_at=at,
        expires_at=at + ASK_WITHIN,
        priority=Priority.URGENT,
    )
    get_connection().send_messages([mail])
