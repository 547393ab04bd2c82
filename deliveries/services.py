"""Recording deliveries with their notices, taking them back, correcting notices."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import get_connection
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User, Workplace
from core import fiscal
from core.locks import hold
from outbox import queue
from outbox.kinds import Priority, Reference

from .models import Delivery, Notice, Subscription, new_message_id

# The kind of mail in the outbox (`deliveries.mails`).
KIND = "deliveries.notice"
# Held while deliveries are recorded, whichever road they came.
RECORDING = "deliveries.recording"
# What an error names of many IDs.
SHOWN_IDS = 10
DIFFERENT = _("This delivery is already recorded with another content.")
DIFFERENT_IDS = _(
    "A delivery %(ids)s is already recorded with another content. Check the ID, or the "
    "delivery that bears it."
)
TAKEN_BACK = _(
    "The delivery with this ID was taken back. If it did take place, record it under "
    "another ID."
)
TAKEN_BACK_IDS = _(
    "The delivery %(ids)s was taken back. If it did take place, record it under "
    "another ID."
)


class Entry(NamedTuple):
    """What is reported about one delivery; day and time are local in Japan."""

    external_id: str
    member_number: str
    delivered_on: dt.date
    delivered_at: dt.time
    status: str


class TakenBack(NamedTuple):
    """What taking a delivery back did: mails withdrawn, corrections queued."""

    delivery: Delivery
    withdrawn: int
    corrections: int


class DeliveryConflict(ValidationError):
    """Delivery IDs that cannot be recorded so: `reasons` says why, by ID."""

    def __init__(self, *, differing: Sequence[str], taken_back: Sequence[str]) -> None:
        self.reasons = dict.fromkeys(differing, DIFFERENT) | dict.fromkeys(
            taken_back, TAKEN_BACK
        )
        super().__init__(
            [
                ValidationError(
                    text, code=code, params={"ids": ", ".join(ids[:SHOWN_IDS])}
                )
                for text, code, ids in (
                    (DIFFERENT_IDS, "conflict", differing),
                    (TAKEN_BACK_IDS, "taken_back", taken_back),
                )
                if ids
            ]
        )


def record_delivery(
    *, entry: Entry, workplace: Workplace, recorded_by: User, at: dt.datetime
) -> Delivery:
    """Record one delivery; see `record_deliveries`."""
    [delivery] = record_deliveries(
        entries=[entry], workplace=workplace, recorded_by=recorded_by, at=at
    )
    return delivery


@transaction.atomic
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
    All or nothing. Raises DeliveryConflict for IDs recorded with another content, and
    for those taken back: a terminal that sends again does not bring one back.
    """
    ids = {entry.external_id for entry in entries}
    # What somebody else records at the same moment is found and compared, and two lists
    # of the same deliveries in different orders do not wait for each other for ever.
    hold(RECORDING)
    found = Delivery.objects.in_bulk(ids, field_name="external_id")
    new, differing, taken_back = [], [], []
    for entry in entries:
        known = found.get(entry.external_id)
        if known is None:
            known = Delivery(
                **entry._asdict(),
                workplace=workplace,
                recorded_by=recorded_by,
                recorded_at=at,
            )
            found[entry.external_id] = known
            new.append(known)
        elif known.is_undone:
            taken_back.append(entry.external_id)
        elif _entry_of(known) != entry:
            differing.append(entry.external_id)
    if differing or taken_back:
        raise DeliveryConflict(differing=differing, taken_back=taken_back)
    Delivery.objects.bulk_create(new)
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
        # One that ends today was in force yesterday, but its family wants no mails.
        rows = Subscription.objects.to_notify(day).filter(
            member_number__in=some, ended_on__isnull=True
        )
        for subscription in rows:
            by_member.setdefault(subscription.member_number, []).append(subscription)
    return by_member


@transaction.atomic
def take_back(*, delivery: Delivery, by: User, at: dt.datetime) -> TakenBack:
    """Take back a delivery recorded by mistake; a second time changes nothing.

    Mails that have not gone out are withdrawn. Whoever got one, or may have got one in
    an attempt without an answer, gets one correction: now, or as soon as a mail that is
    just going out is known to be sent.
    """
    # Not the key: a notice that refers to the row may be written meanwhile.
    rows = Delivery.objects.select_for_update(no_key=True)
    delivery = rows.get(pk=delivery.pk)
    if delivery.is_undone:
        return TakenBack(delivery, 0, 0)
    delivery.undone_at, delivery.undone_by = at, by
    delivery.save(update_fields=["undone_at", "undone_by"])
    notices = delivery.notices.select_for_update(no_key=True).order_by("pk")
    notices = list(notices.filter(kind=Notice.Kind.DELIVERY))
    # One that is parked counts as well: somebody might let it go once more.
    open_ones = [n for n in notices if n.state in Notice.UNSENT]
    told = _told(notices)
    queue.withdraw([notice.key for notice in open_ones], at)
    Notice.objects.filter(pk__in=[notice.pk for notice in open_ones]).update(
        state=Notice.State.CANCELLED, cancelled_for=Notice.Cancelled.UNDONE
    )
    return TakenBack(delivery, len(open_ones), len(correct(told, at)))


def _told(notices: Iterable[Notice]) -> list[Notice]:
    """Return the notices that have arrived or may have, whatever became of them since.

    One that was tried without an answer may have been held back, or grown stale, later.
    """
    sent = [n for n in notices if n.state == Notice.State.SENT]
    others = [n for n in notices if n.state != Notice.State.SENT]
    doubtful = queue.in_doubt([notice.key for notice in others])
    return sent + [notice for notice in others if notice.key in doubtful]


@transaction.atomic
def correct(notices: Iterable[Notice], at: dt.datetime) -> list[Notice]:
    """Queue one correction for each notice that was sent; once, however often asked.

    It goes to the address that took the place of the one told, where there is one.
    Nobody who stopped the notices gets any. Returns the corrections written.
    """
    told = {notice: notice.subscription_id for notice in notices}
    places = _open_successors(set(told.values()))
    corrections = {
        (places[subscription], notice.delivery_id): Notice(
            subscription_id=places[subscription],
            delivery_id=notice.delivery_id,
            kind=Notice.Kind.CORRECTION,
            noticed_for=notice.noticed_for,
            happened_at=at,
        )
        for notice, subscription in told.items()
        if subscription in places
    }
    known = Notice.objects.filter(
        kind=Notice.Kind.CORRECTION,
        delivery_id__in={notice.delivery_id for notice in told},
    ).values_list("subscription_id", "delivery_id")
    missing = corrections.keys() - set(known)
    written = Notice.objects.bulk_create(corrections[key] for key in sorted(missing))
    queue_notices(written, at)
    return written


def count_corrections(*, delivery: Delivery) -> int:
    """Return how many corrections taking a delivery back would bring, as of now."""
    told = _told(delivery.notices.filter(kind=Notice.Kind.DELIVERY))
    places = _open_successors({notice.subscription_id for notice in told})
    return len(set(places.values()))


def _open_successors(pks: Collection[int]) -> dict[int, int]:
    """Return {subscription: the open one that it is now}; a query per change.

    One that ended otherwise than by another address is left out.
    """
    found: dict[int, int] = {}
    origins = {pk: [pk] for pk in pks}
    while origins:
        rows = Subscription.objects.filter(pk__in=origins).values_list(
            "pk", "ended_on", "ended_how"
        )
        ended = []
        for pk, ended_on, ended_how in rows:
            if ended_on is None:
                found |= dict.fromkeys(origins[pk], pk)
            elif ended_how == Subscription.EndedHow.ADDRESS:
                ended.append(pk)
        after = Subscription.objects.filter(
            replaces__in=ended, confirmed_on__isnull=False
        ).values_list("replaces", "pk")
        origins = {pk: origins[before] for before, pk in after} if ended else {}
    return found


@transaction.atomic
def send_again(*, notice: Notice, at: dt.datetime) -> Notice:
    """Let a failed notice go out once more; in any other state nothing changes.

    Raises ValidationError when its news is too old, the delivery was taken back, the
    family stopped the notices, or its address is on hold.
    """
    notice = Notice.objects.select_for_update(no_key=True).get(pk=notice.pk)
    if notice.state != Notice.State.FAILED:
        return notice
    if notice.kind == Notice.Kind.DELIVERY and notice.delivery.is_undone:
        raise ValidationError(
            _("The delivery was taken back. This mail is not sent any more."),
            code="undone",
        )
    expires_at = expiry_of(notice)
    if expires_at <= after_quiet_hours(at):
        raise ValidationError(
            _("The news is too old. This mail is not sent any more."), code="stale"
        )
    place = _open_successors({notice.subscription_id}).get(notice.subscription_id)
    if place is None:
        raise ValidationError(_("This subscription has already ended."), code="ended")
    if Subscription.objects.filter(pk=place, held_since__isnull=False).exists():
        raise ValidationError(
            _("This address is on hold. Release it first, or change it."), code="held"
        )
    # So that whoever stops the newer one finds this mail, too.
    notice.subscription_id = place
    notice.state = Notice.State.WAITING
    notice.save(update_fields=["subscription", "state"])
    if not queue.send_again([notice.key], after_quiet_hours(at), expires_at):
        # Its row in the queue is gone.
        queue_notices([notice], at)
    return notice


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
