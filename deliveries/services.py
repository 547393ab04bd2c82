"""Recording deliveries with their notices, taking them back, changing addresses."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import get_connection
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User, Workplace
from core import fiscal
from outbox import queue
from outbox.kinds import Priority, Reference

from .models import Delivery, Notice, Subscription, new_message_id

# The kind of mail in the outbox (`deliveries.mails`).
KIND = "deliveries.notice"


class Entry(NamedTuple):
    """What is reported about one delivery; day and time are local in Japan."""

    external_id: str
    member_number: str
    delivered_on: dt.date
    delivered_at: dt.time
    status: str


class DeliveryConflict(ValidationError):
    """The same delivery ID came with another content than before."""

    def __init__(self, external_ids: Sequence[str]) -> None:
        self.external_ids = external_ids
        super().__init__(
            _(
                "A delivery %(ids)s is already recorded with another content. Check "
                "the ID, or the delivery that bears it."
            ),
            code="conflict",
            params={"ids": ", ".join(external_ids)},
        )


def record_delivery(
    *, entry: Entry, workplace: Workplace, recorded_by: User, at: dt.datetime
) -> Delivery:
    """Record one delivery; see `record_deliveries`."""
    [delivery] = record_deliveries(
        entries=[entry], workplace=workplace, recorded_by=recorded_by, at=at
    )
    return delivery


def record_deliveries(
    *,
    entries: Sequence[Entry],
    workplace: Workplace,
    recorded_by: User,
    at: dt.datetime,
) -> list[Delivery]:
    """Record deliveries and, in the same transaction, the notices about them.

    Returns one row per entry. An entry that is already recorded alike changes nothing
    and brings no second notice. Notices are written for subscriptions in force and not
    paused on the day of delivery, and only while the news is fresh at the instant `at`.
    All or nothing. Raises DeliveryConflict for IDs recorded with another content.
    """
    try:
        return _record(entries, workplace, recorded_by, at)
    except IntegrityError:
        # Somebody recorded one of them at the same time; now it can be compared.
        return _record(entries, workplace, recorded_by, at)


@transaction.atomic
def _record(
    entries: Sequence[Entry],
    workplace: Workplace,
    recorded_by: User,
    at: dt.datetime,
) -> list[Delivery]:
    ids = {entry.external_id for entry in entries}
    found = Delivery.objects.in_bulk(ids, field_name="external_id")
    new, conflicts = [], []
    for entry in entries:
        known = found.get(entry.external_id)
        if known is None:
            known = Delivery(
                **entry._asdict(), workplace=workplace, recorded_by=recorded_by
            )
            found[entry.external_id] = known
            new.append(known)
        elif _entry_of(known) != entry:
            conflicts.append(entry.external_id)
    if conflicts:
        raise DeliveryConflict(conflicts)
    new = Delivery.objects.bulk_create(new)
    queue_notices(Notice.objects.bulk_create(_notices_of(new, at)), at)
    return [found[entry.external_id] for entry in entries]


def _entry_of(delivery: Delivery) -> Entry:
    return Entry(*(getattr(delivery, field) for field in Entry._fields))


def _notices_of(deliveries: Iterable[Delivery], at: dt.datetime) -> list[Notice]:
    """Return the notices to write: a query per fresh day and 500 members."""
    fresh_for = dt.timedelta(hours=int(settings.DELIVERIES_FRESH_HOURS))
    fresh: dict[dt.date, list[Delivery]] = {}
    for delivery in deliveries:
        if at - delivery.happened_at <= fresh_for:
            fresh.setdefault(delivery.delivered_on, []).append(delivery)
    notices = []
    for day, on_day in fresh.items():
        subscriptions = _subscriptions_to_notify(on_day, day)
        notices += [
            Notice(
                subscription=subscription,
                delivery=delivery,
                noticed_for=day,
                happened_at=delivery.happened_at,
                message_id=new_message_id(),
            )
            for delivery in on_day
            for subscription in subscriptions.get(delivery.member_number, ())
        ]
    return notices


def _subscriptions_to_notify(
    deliveries: Sequence[Delivery], day: dt.date
) -> dict[str, list[Subscription]]:
    by_member: dict[str, list[Subscription]] = {}
    numbers = sorted({delivery.member_number for delivery in deliveries})
    for start in range(0, len(numbers), 500):
        some = numbers[start : start + 500]
        rows = Subscription.objects.to_notify(day).filter(member_number__in=some)
        for subscription in rows:
            by_member.setdefault(subscription.member_number, []).append(subscription)
    return by_member


@transaction.atomic
def take_back(*, delivery: Delivery, by: User, at: dt.datetime) -> Delivery:
    """Take back a delivery recorded by mistake; a second time changes nothing.

    Mails that have not gone out are withdrawn. Whoever got one gets one correction:
    now, or as soon as a mail that is just going out is known to be sent.
    """
    delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if delivery.is_undone:
        return delivery
    delivery.undone_at, delivery.undone_by = at, by
    delivery.save(update_fields=["undone_at", "undone_by"])
    notices = delivery.notices.select_for_update().filter(kind=Notice.Kind.DELIVERY)
    # One that is parked counts as well: somebody might let it go once more.
    open_ones = [n for n in notices if n.state in Notice.UNSENT]
    queue.withdraw([notice.key for notice in open_ones], at)
    Notice.objects.filter(pk__in=[notice.pk for notice in open_ones]).update(
        state=Notice.State.CANCELLED, cancelled_for=Notice.Cancelled.UNDONE
    )
    sent = [n for n in notices if n.state == Notice.State.SENT]
    correct(sent, at)
    return delivery


def correct(notices: Iterable[Notice], at: dt.datetime) -> None:
    """Queue one correction for each notice that was sent; once, however often asked."""
    corrections = [
        Notice(
            subscription_id=notice.subscription_id,
            delivery_id=notice.delivery_id,
            kind=Notice.Kind.CORRECTION,
            noticed_for=notice.noticed_for,
            happened_at=at,
        )
        for notice in notices
    ]
    keys = {(c.subscription_id, c.delivery_id) for c in corrections}
    known = Notice.objects.filter(
        kind=Notice.Kind.CORRECTION,
        delivery_id__in={delivery for _subscription, delivery in keys},
    ).values_list("subscription_id", "delivery_id")
    missing = keys - set(known)
    queue_notices(
        Notice.objects.bulk_create(
            c for c in corrections if (c.subscription_id, c.delivery_id) in missing
        ),
        at,
    )


def queue_notices(notices: Sequence[Notice], at: dt.datetime) -> None:
    """Queue the mails of notices just written, in the same transaction."""
    mails = [
        Reference(
            KIND,
            str(notice.pk),
            key=notice.key,
            message_id=notice.message_id,
            due_at=after_quiet_hours(at),
            expires_at=expiry_of(notice),
            priority=Priority.BULK,
        )
        for notice in notices
    ]
    if mails:
        get_connection().send_messages(mails)


def expiry_of(notice: Notice) -> dt.datetime:
    """Return when its news is no news any more."""
    fresh = dt.timedelta(hours=int(settings.DELIVERIES_FRESH_HOURS))
    return notice.happened_at + fresh


def after_quiet_hours(at: dt.datetime) -> dt.datetime:
    """Return `at`, or the end of the night when it lies in the quiet hours."""
    local = timezone.localtime(at)
    first, last = (
        dt.time.fromisoformat(text)
        for text in settings.DELIVERIES_QUIET_HOURS.split("-")
    )
    now = local.time()
    if first <= last:
        is_quiet, day = first <= now < last, local.date()
    else:
        is_quiet = now >= first or now < last
        day = local.date() + dt.timedelta(days=now >= first)
    return fiscal.local_instant(day, last) if is_quiet else at


@transaction.atomic
def change_address(
    *, subscription: Subscription, email: str, on: dt.date
) -> Subscription:
    """End a subscription and begin one like it for another address, not yet confirmed.

    The old row stays as it was, so that past years keep their figures. Raises
    ValidationError when the member's notices already go to the address, or the
    subscription has ended.
    """
    subscription = Subscription.objects.select_for_update().get(pk=subscription.pk)
    if not subscription.is_open:
        raise ValidationError(_("This subscription has already ended."), code="ended")
    subscription.ended_on = max(on, subscription.consent_on)
    subscription.end_reason = str(_("The address changed."))
    subscription.save(update_fields=["ended_on", "end_reason"])
    successor = Subscription(
        member_number=subscription.member_number,
        member_name=subscription.member_name,
        municipality=subscription.municipality,
        family_name=subscription.family_name,
        email=email,
        consent_on=subscription.consent_on,
        consent_form=subscription.consent_form,
        consent_by=subscription.consent_by,
        started_on=max(on, subscription.started_on),
        paused_until=subscription.paused_until,
    )
    successor.full_clean()
    successor.save()
    return successor
