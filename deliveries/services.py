"""Recording deliveries with their notices, sending what is due, changing addresses."""

import datetime as dt
import smtplib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User, Workplace
from core import fiscal

from .models import Delivery, Notice, Subscription, new_message_id

# News about the day before yesterday would frighten rather than calm.
FRESH_FOR = dt.timedelta(days=1)
MAX_ATTEMPTS = 5
FIRST_WAIT = dt.timedelta(seconds=10)
LONGEST_WAIT = dt.timedelta(minutes=30)
MAILS = "deliveries/emails/delivery_notice"


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
    Notice.objects.bulk_create(_notices_of(new, at))
    return [found[entry.external_id] for entry in entries]


def _entry_of(delivery: Delivery) -> Entry:
    return Entry(*(getattr(delivery, field) for field in Entry._fields))


def _notices_of(deliveries: Iterable[Delivery], at: dt.datetime) -> list[Notice]:
    """Return the notices to write: two queries per fresh day and 500 members."""
    fresh: dict[dt.date, list[Delivery]] = {}
    for delivery in deliveries:
        if _is_fresh(delivery.delivered_on, at):
            fresh.setdefault(delivery.delivered_on, []).append(delivery)
    notices = []
    for day, on_day in fresh.items():
        subscriptions = _subscriptions_to_notify(on_day, day)
        notices += [
            Notice(
                subscription=subscription,
                delivery=delivery,
                noticed_for=day,
                due_at=at,
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


def _is_fresh(day: dt.date, at: dt.datetime) -> bool:
    return fiscal.local_date(at) - day <= FRESH_FOR


def send_due_notices(
    *, now: Callable[[], dt.datetime] = timezone.now, limit: int = 1000
) -> Counter[str]:
    """Send up to `limit` notices that are due; return how many ended in which state.

    `due` counts those that will be tried again. Any number of workers may do this at
    the same time: each notice is claimed by one. Consent, pause and address are read
    again right before each mail, and no transaction is open while it is sent.
    """
    states: Counter[str] = Counter()
    for _turn in range(limit):
        notice = _claim(now())
        if notice is None:
            break
        changes = _send(notice, now)
        # Only if it is still ours: a worker that was away too long lost its claim.
        mine = Notice.objects.filter(
            pk=notice.pk, state=Notice.State.SENDING, claimed_at=notice.claimed_at
        )
        if mine.update(**changes):
            states[changes["state"]] += 1
    return states


def _claim(at: dt.datetime) -> Notice | None:
    with transaction.atomic():
        ready = Notice.objects.ready(at).order_by("due_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            ready = ready.select_for_update(skip_locked=True)
        pk = ready.values_list("pk", flat=True).first()
        # SQLite has no row locks; there the condition decides who was first. The
        # attempt counts from here, so that a worker that dies on it counts too.
        taken = Notice.objects.ready(at).filter(pk=pk)
        if not taken.update(
            state=Notice.State.SENDING, claimed_at=at, attempts=F("attempts") + 1
        ):
            return None
    return Notice.objects.select_related("subscription", "delivery").get(pk=pk)


def _send(notice: Notice, now: Callable[[], dt.datetime]) -> dict[str, object]:
    """Send one claimed notice; return the columns to change."""
    if reason := _reason_to_cancel(notice, now()):
        return {"state": Notice.State.CANCELLED, "cancelled_for": reason}
    if notice.attempts > MAX_ATTEMPTS:
        return {"state": Notice.State.FAILED, "last_error": "interrupted"}
    try:
        notice_mail(notice).send()
    except (OSError, ValueError) as error:
        last_error = _describe(error)
        if notice.attempts >= MAX_ATTEMPTS:
            return {"state": Notice.State.FAILED, "last_error": last_error}
        wait = min(FIRST_WAIT * 6 ** (notice.attempts - 1), LONGEST_WAIT)
        return {
            "state": Notice.State.DUE,
            "due_at": now() + wait,
            "last_error": last_error,
        }
    return {"state": Notice.State.SENT, "sent_at": now(), "last_error": ""}


def _reason_to_cancel(notice: Notice, at: dt.datetime) -> str:
    subscription = notice.subscription
    today = fiscal.local_date(at)
    if not subscription.is_open:
        return Notice.Cancelled.ENDED
    if subscription.is_paused(today) or subscription.is_paused(notice.noticed_for):
        return Notice.Cancelled.PAUSED
    if subscription.confirmed_on is None:
        return Notice.Cancelled.UNCONFIRMED
    if not _is_fresh(notice.noticed_for, at):
        return Notice.Cancelled.STALE
    return ""


def _describe(error: Exception) -> str:
    """Return the kind of error and the server's code; its text may name people."""
    code = ""
    if isinstance(error, smtplib.SMTPResponseException):
        code = str(error.smtp_code)
    elif isinstance(error, smtplib.SMTPRecipientsRefused):
        code = ", ".join(str(code) for code, _text in error.recipients.values())
    return f"{type(error).__name__} {code}".strip()


def notice_mail(notice: Notice) -> EmailMultiAlternatives:
    """Return the mail of a notice, in the language of the co-op; two templates each."""
    context = {"subscription": notice.subscription, "delivery": notice.delivery}
    with translation.override(settings.LANGUAGE_CODE):
        subject = render_to_string(f"{MAILS}-subject.txt", context).strip()
        text = render_to_string(f"{MAILS}-body.txt", context)
        html = render_to_string(f"{MAILS}-body.html", context)
    mail = EmailMultiAlternatives(
        subject,
        text,
        to=[notice.subscription.email],
        headers={"Message-ID": notice.message_id, "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(html, "text/html")
    return mail


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
