"""What happened to the invented subscriptions: returned mails, links, mails that wait.

Rows go straight into the tables, and mails straight into the outbox: the demo may load
at night, when nothing is sent.
"""

import datetime as dt
from collections.abc import Sequence

from django.core.mail import get_connection
from django.utils import timezone

from accounts.models import User
from core import fiscal
from outbox import queue
from outbox.kinds import Priority, Reference

from .links import Purpose, new_link
from .models import (
    Bounce,
    DayOff,
    Notice,
    SendingAlarm,
    SendingReport,
    Subscription,
    new_message_id,
)
from .services import KIND, after_quiet_hours, expiry_of
from .subscribing import ASK_WITHIN, CONFIRMATION

DAY = dt.timedelta(days=1)
# (number in the address, kind, code, which of its mails, whether it is on hold since).
RETURNED = (
    (62, Bounce.Kind.PERMANENT, "5.1.1", -4, True),
    (86, Bounce.Kind.COMPLAINT, "", -2, True),
    (100, Bounce.Kind.TEMPORARY, "4.2.2", -6, False),
    (100, Bounce.Kind.TEMPORARY, "4.2.2", -5, False),
    (100, Bounce.Kind.TEMPORARY, "4.2.2", -4, True),
    (109, Bounce.Kind.TEMPORARY, "5.2.2", -2, False),
    (6, Bounce.Kind.TEMPORARY, "4.4.1", 3, False),
    (12, Bounce.Kind.PERMANENT, "5.1.1", 8, False),
    (18, Bounce.Kind.TEMPORARY, "5.2.2", 5, False),
)


def take_back(notices: list[Notice], today: dt.date, by: User) -> list[Notice]:
    """Take two deliveries of the last week back; return the corrections.

    Of the one the mail had gone out, and was corrected; of the other it had not.
    """
    lately = [
        notice
        for notice in notices
        if notice.state == Notice.State.SENT
        and today - 6 * DAY <= notice.noticed_for < today - DAY
    ]
    corrections = []
    for notice, minutes in zip(lately[:8:7], (55, 0), strict=False):
        at = notice.happened_at + dt.timedelta(minutes=minutes, seconds=30)
        notice.delivery.undone_at, notice.delivery.undone_by = at, by
        for one in notices:
            if one.delivery is notice.delivery:
                if minutes:
                    one.sent_at = one.happened_at + dt.timedelta(seconds=80)
                    corrections.append(_correction(one, at))
                else:
                    one.state, one.sent_at = Notice.State.CANCELLED, None
                    one.cancelled_for = Notice.Cancelled.UNDONE
    return corrections


def _correction(notice: Notice, at: dt.datetime) -> Notice:
    return Notice(
        subscription=notice.subscription,
        delivery=notice.delivery,
        kind=Notice.Kind.CORRECTION,
        noticed_for=notice.noticed_for,
        happened_at=at,
        state=Notice.State.SENT,
        sent_at=at + dt.timedelta(seconds=40),
        message_id=new_message_id(),
    )


def let_come_back(notices: list[Notice]) -> tuple[list[Bounce], list[Notice]]:
    """Return the returned mails, and the notices without those that held back since."""
    of_address: dict[str, list[Notice]] = {}
    for notice in notices:
        of_address.setdefault(notice.subscription.email, []).append(notice)
    bounces = []
    for number, kind, code, place, is_held in RETURNED:
        mails = of_address.get(f"family{number:03}@example.jp", [])
        mails.sort(key=lambda notice: notice.happened_at)
        if -len(mails) <= place < len(mails):
            bounces.append(_bounce(mails[place], kind, code, is_held))
    return bounces, [notice for notice in notices if not _is_held_back(notice)]


def _bounce(notice: Notice, kind: str, code: str, is_held: bool) -> Bounce:
    at = notice.sent_at + dt.timedelta(minutes=7)
    if is_held:
        reasons = Subscription.HeldFor
        is_complaint = kind == Bounce.Kind.COMPLAINT
        notice.subscription.held_since = at
        notice.subscription.held_for = (
            reasons.COMPLAINT if is_complaint else reasons.BOUNCED
        )
    return Bounce(
        subscription=notice.subscription,
        notice=notice,
        key=f"mailbox:mihon-{notice.message_id}",
        kind=kind,
        source=Bounce.Source.MAILBOX,
        code=code,
        bounced_at=at,
        bounced_on=fiscal.local_date(at),
    )


def _is_held_back(notice: Notice) -> bool:
    since = notice.subscription.held_since
    return since is not None and notice.happened_at > since


def load(
    subscriptions: Sequence[Subscription], notices: Sequence[Notice], today: dt.date
) -> None:
    """Add links, days off, reports, and what waits in the outbox."""
    _days_off(today)
    _reports(today)
    unsent = [n for n in notices if n.state in Notice.UNSENT]
    _put_into_outbox([*_links(subscriptions, today), *map(_mail_of, unsent)])
    for notice in unsent:
        if notice.state == Notice.State.FAILED:
            queue.park([notice.key], _mail_of(notice).due_at)


def _mail_of(notice: Notice) -> Reference:
    """Return the mail, due half a minute after its delivery, or in the morning.

    The evening's were handed over in the quiet hours.
    """
    wait = dt.timedelta(hours=3) if is_evening(notice) else dt.timedelta(seconds=30)
    return Reference(
        KIND,
        str(notice.pk),
        key=notice.key,
        message_id=notice.message_id,
        due_at=after_quiet_hours(notice.happened_at + wait),
        expires_at=expiry_of(notice),
        priority=Priority.BULK,
    )


def is_evening(notice: Notice) -> bool:
    """Tell whether its delivery came after the day's rounds."""
    return timezone.localtime(notice.happened_at).hour >= 18


def _links(subscriptions: Sequence[Subscription], today: dt.date) -> list[Reference]:
    """Make the links of addresses not confirmed; return the mail with the newest.

    That one was asked today; the links of the others are not valid any more.
    """
    unconfirmed = [one for one in subscriptions if one.confirmed_on is None]
    unconfirmed = [one for one in unconfirmed if one.is_open]
    mails = []
    for one in unconfirmed:
        is_newest = one is unconfirmed[-1]
        day = today if is_newest else one.started_on
        at = fiscal.local_instant(day, dt.time(0 if is_newest else 10))
        link = new_link(one, Purpose.CONFIRM, at)
        if is_newest:
            mails.append(
                Reference(
                    CONFIRMATION,
                    str(link.pk),
                    key=f"{CONFIRMATION}:{link.pk}",
                    due_at=at,
                    expires_at=at + ASK_WITHIN,
                    priority=Priority.URGENT,
                )
            )
    return mails


def _put_into_outbox(mails: Sequence[Reference]) -> None:
    # By name, since the tests' own backend would send at once.
    get_connection("outbox.backend.EmailBackend").send_messages(list(mails))


def _days_off(today: dt.date) -> None:
    first = dt.date(today.year, 12, 31)
    DayOff.objects.bulk_create(
        DayOff(day=first + n * DAY, reason="年末年始(見本)") for n in range(4)
    )


def _reports(today: dt.date) -> None:
    """Tell of the last three days' reports, and of an alarm that is long over."""
    days = [today - n * DAY for n in (3, 2, 1)]
    SendingReport.objects.bulk_create(
        SendingReport(day=day, reported_at=fiscal.local_instant(day, dt.time(18, 5)))
        for day in days
    )
    noon = fiscal.local_instant(today - 16 * DAY, dt.time(12, 0))
    minute = dt.timedelta(minutes=1)
    SendingAlarm.objects.create(
        oldest_due_at=noon, raised_at=noon + 11 * minute, cleared_at=noon + 34 * minute
    )
