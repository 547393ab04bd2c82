"""The alarm when mails do not go out, and the daily report of their sending.

`watch_notices` calls `watch` every few minutes. An incident is one alarm: one mail when
it begins, past the queue that is stuck, and one when it is over. These mails hold
numbers and links only, nothing personal.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from accounts.addresses import addresses_of
from core import fiscal
from core.access import Role, coordinator_of
from outbox import queue

from .models import Notice, SendingAlarm, SendingReport
from .sending import figures_of
from .services import KIND
from .silence import alarm_after
from .subscribing import ADDRESS_CHANGED, CONFIRMATION

MAILS = "deliveries/emails"
# A dead worker's mails are taken over within half a minute; one that is started again
# needs no alarm.
NO_WORKER_AFTER = dt.timedelta(minutes=1)
# When the server puts every mail off, each waits for its next attempt and none is
# overdue. After seven attempts one has waited ten minutes; many such are no mailbox
# that is full.
ATTEMPTS = 7
MANY = 5
TO_FAMILIES = (KIND, CONFIRMATION, ADDRESS_CHANGED)


@dataclass
class Summary:
    """What a run did, and what went wrong with it."""

    done: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def watch(*, now: dt.datetime) -> Summary:
    """Raise, keep up or end the alarm, and send the daily report when it is due."""
    summary = Summary()
    alarm = SendingAlarm.objects.filter(cleared_at__isnull=True).first()
    since = stuck_since(queue.standing(now))
    if since and alarm is None:
        alarm = _raise(since, now)
        summary.done.append("alarm raised")
    elif alarm and since is None and _flows(now):
        _clear(alarm, now)
        summary.done.append("alarm over")
        alarm = None
    if alarm:
        _tell(alarm, now, summary)
    if (day := day_to_report(now)) and _report(day, now, summary):
        summary.done.append(f"report of {day:%Y-%m-%d}")
    return summary


def stuck_since(standing: queue.Standing) -> dt.datetime | None:
    """Return since when the mails wait that do not go out; None when they do."""
    is_late = standing.is_late(alarm_after())
    is_left = standing.is_stopped and standing.is_late(NO_WORKER_AFTER)
    if is_late or is_left:
        return standing.oldest_due_at
    if queue.failing(ATTEMPTS) >= MANY:
        return standing.oldest_due_at or standing.at - alarm_after()
    # A server that does not relay for us refuses each for good: then none waits. Mails
    # to our own people, such as the alarm, may arrive all the same.
    return queue.refused_since(TO_FAMILIES, MANY, standing.at)


def day_to_report(now: dt.datetime) -> dt.date | None:
    """Return the day whose report is due and not sent; None without one.

    From the hour of the report on it is today, before it yesterday, in case nothing
    ran in the evening.
    """
    local = timezone.localtime(now)
    late = local.hour >= settings.DELIVERIES_REPORT_HOUR
    day = local.date() if late else local.date() - dt.timedelta(days=1)
    return None if SendingReport.objects.filter(day=day).exists() else day


def _raise(since: dt.datetime, now: dt.datetime) -> SendingAlarm | None:
    """Begin an incident; another run may just have done so."""
    try:
        with transaction.atomic():
            return SendingAlarm.objects.create(raised_at=now, oldest_due_at=since)
    except IntegrityError:
        return SendingAlarm.objects.filter(cleared_at__isnull=True).first()


def _flows(now: dt.datetime) -> bool:
    """Tell whether mails go out well enough that the alarm does not soon come back."""
    return not queue.standing(now).is_late(alarm_after() / 2)


def _key(alarm: SendingAlarm) -> str:
    return f"deliveries.alarm:{alarm.pk}"


def _tell(alarm: SendingAlarm, now: dt.datetime, summary: Summary) -> None:
    """Tell of an incident once; until it succeeds, every run tries again and fails."""
    if queue.was_sent(_key(alarm)):
        return
    if not (to := _people_to_alarm()):
        summary.problems.append(
            "NOBODY IS TOLD that mails do not go out: no active coordinator of the "
            "delivery mails and no administrator has an e-mail address."
        )
        return
    context = {
        "alarm": alarm,
        "standing": queue.standing(now),
        "load": queue.load(now),
        "now": now,
    }
    mail = _mail("sending_alarm", to, context)
    try:
        queue.send_past_the_queue(mail, key=_key(alarm), at=now)
    except OSError as error:
        # The error's own text may name addresses.
        summary.problems.append(
            "MAILS DO NOT GO OUT, and the alarm about it could not be sent either "
            f"({type(error).__name__}). The oldest was due at "
            f"{timezone.localtime(alarm.oldest_due_at):%Y-%m-%d %H:%M}. Look whether "
            "the mail server is reached and `send_notices --follow` runs."
        )
    else:
        summary.done.append(f"alarm sent to {len(to)}")


def _people_to_alarm() -> list[str]:
    return list(addresses_of(coordinator_of("deliveries"), Role.ADMINISTRATOR))


@transaction.atomic
def _clear(alarm: SendingAlarm, now: dt.datetime) -> None:
    """End an incident, and queue a mail that says so to whoever was told of it."""
    alarms = SendingAlarm.objects.filter(pk=alarm.pk, cleared_at__isnull=True)
    if not alarms.update(cleared_at=now) or not queue.was_sent(_key(alarm)):
        return
    failed = Notice.objects.filter(
        state=Notice.State.FAILED,
        noticed_for__gte=fiscal.local_date(alarm.oldest_due_at),
    )
    if to := _people_to_alarm():
        context = {"alarm": alarm, "now": now, "failed": failed.count()}
        _mail("sending_alarm_over", to, context).send()


def _report(day: dt.date, now: dt.datetime, summary: Summary) -> bool:
    """Queue the report of a day; False when another run just did."""
    to = list(addresses_of(coordinator_of("deliveries")))
    days = [figures_of(day - dt.timedelta(days=1), now), figures_of(day, now)]
    try:
        with transaction.atomic():
            SendingReport.objects.create(day=day, reported_at=now)
            if to:
                context = {"day": day, "days": days, "load": queue.load(now)}
                _mail("sending_report", to, context | {"now": now}).send()
    except IntegrityError:
        return False
    if not to:
        summary.problems.append(
            "NOBODY GETS THE DAILY REPORT: no active coordinator of the delivery "
            "mails has an e-mail address."
        )
    return True


def _mail(name: str, to: list[str], context: dict[str, Any]) -> EmailMultiAlternatives:
    """Return a mail from its three templates, in the language of the co-op."""
    context |= {
        "url": settings.SITE_URL + reverse("deliveries:sending"),
        "expected_url": settings.SITE_URL + reverse("deliveries:expected_list"),
        "notices_url": settings.SITE_URL + reverse("deliveries:notice_list"),
    }
    with translation.override(settings.LANGUAGE_CODE):
        subject = render_to_string(f"{MAILS}/{name}-subject.txt", context).strip()
        text = render_to_string(f"{MAILS}/{name}-body.txt", context)
        html = render_to_string(f"{MAILS}/{name}-body.html", context)
    headers = {"Auto-Submitted": "auto-generated"}
    mail = EmailMultiAlternatives(subject, text, to=to, headers=headers)
    mail.attach_alternative(html, "text/html")
    return mail
