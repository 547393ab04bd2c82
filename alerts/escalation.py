"""Warnings by mail of reports that nobody passes on: the officer, then the manager.

What is urgent waits in real time, anything else in office time only. A step is recorded
in the same transaction in which its mail is handed over, so that no step is taken twice
however often and by however many workers `escalate` runs.
"""

import datetime as dt
import logging
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.utils import translation

from accounts.addresses import addresses_of
from core.access import Role
from core.hours import Hours

from .choices import Step
from .models import Escalation, IncidentReport, Sign

MAILS = "alerts/emails/escalation"
ROLES = {Step.OFFICER: Role.DUTY_OFFICER, Step.MANAGER: Role.MANAGER}
logger = logging.getLogger(__name__)


@dataclass
class Summary:
    """What a run did: reports warned of by step, steps that failed, or found nobody."""

    sent: Counter[Step] = field(default_factory=Counter)
    failed: int = 0
    unreachable: Counter[Step] = field(default_factory=Counter)


def escalate(*, now: dt.datetime) -> Summary:
    """Take every step that is due at `now`; one report's failure stops no other.

    Costs three queries, and about six for each step.
    """
    summary = Summary()
    people = {step: addresses_of(role) for step, role in ROLES.items()}
    for report in _waiting(now):
        for step in _due_steps(report, now):
            if not (to := _recipients(people[step], step, report)):
                summary.unreachable[step] += 1
                continue
            try:
                if _take(report.pk, step, to, now):
                    summary.sent[step] += 1
            except Exception as error:  # noqa: BLE001 - the next report must be told
                # The error's own text may name addresses.
                logger.error(
                    "Warning %s of %s failed: %s",
                    step,
                    report.receipt_number,
                    type(error).__name__,
                )
                summary.failed += 1
    return summary


def unreachable_steps() -> list[Step]:
    """Return the steps that no mail can take, for want of anybody with an address."""
    return [step for step, role in ROLES.items() if not addresses_of(role)]


def urgent() -> Q:
    """Return the condition for reports that are warned of by day and night.

    A report is as urgent as what continues it: only the report itself is worked on.
    """
    continuations = IncidentReport.objects.filter(merged_into=OuterRef("pk"))
    return _tells_of_danger() | Q(Exists(continuations.filter(_tells_of_danger())))


def _tells_of_danger() -> Q:
    signs = Sign.objects.filter(reports=OuterRef("pk"), is_urgent=True)
    return Q(Exists(signs)) | Q(has_called_119=True) | Q(has_called_110=True)


def due_at(received_at: dt.datetime, step: Step, *, is_urgent: bool) -> dt.datetime:
    """Return when a step is due for a report that is not passed on until then."""
    steps = list(Step)
    if is_urgent:
        minutes = settings.ALERTS_URGENT_MINUTES[steps.index(step)]
        return received_at + dt.timedelta(minutes=minutes)
    minutes = settings.ALERTS_MINUTES[steps.index(step)]
    hours = Hours.parse(settings.ALERTS_OFFICE_HOURS)
    amount = dt.timedelta(minutes=minutes)
    return hours.after(received_at, amount, closed_on_holidays=True)


def _waiting(now: dt.datetime) -> QuerySet:
    """Return what waits long enough for any step, the oldest first."""
    shortest = min(*settings.ALERTS_URGENT_MINUTES, *settings.ALERTS_MINUTES)
    taken = Escalation.objects.filter(report=OuterRef("pk"))
    steps = {f"took_{step}": Exists(taken.filter(step=step)) for step in Step}
    reports = IncidentReport.objects.waiting().annotate(is_urgent=urgent(), **steps)
    reports = reports.filter(received_at__lte=now - dt.timedelta(minutes=shortest))
    return reports.exclude(**dict.fromkeys(steps, True)).order_by("received_at", "pk")


def _due_steps(report: IncidentReport, now: dt.datetime) -> list[Step]:
    received_at, is_urgent = report.received_at, report.is_urgent
    return [
        step
        for step in Step
        if not getattr(report, f"took_{step}")
        and due_at(received_at, step, is_urgent=is_urgent) <= now
    ]


def _recipients(
    people: Mapping[str, int | None], step: Step, report: IncidentReport
) -> list[str]:
    """Return all managers, but of the officers those of the workplace, if any."""
    own = [email for email, place in people.items() if place == report.workplace_id]
    return own if own and step is Step.OFFICER else list(people)


def _take(pk: int, step: Step, to: Collection[str], now: dt.datetime) -> bool:
    """Send the mail and record the step; False when that is not to be done any more.

    The row is held meanwhile: another worker leaves it out, and who passes the report
    on waits for the mail server.
    """
    with transaction.atomic():
        held = IncidentReport.objects.waiting().select_for_update(
            of=("self",), skip_locked=True
        )
        report = held.filter(pk=pk).select_related("municipality").first()
        if report is None or report.escalations.filter(step=step).exists():
            return False
        report.escalations.create(step=step, at=now, recipients=len(to))
        escalation_mail(report, step=step, to=to, now=now).send()
    return True


def escalation_mail(
    report: IncidentReport, *, step: Step, to: Collection[str], now: dt.datetime
) -> EmailMultiAlternatives:
    """Return the mail, in the language of the co-op; nothing in it is personal.

    A step that is tried again has the same Message-ID, by which mail programs know a
    mail that they have already.
    """
    context = {
        "number": report.receipt_number,
        "municipality": report.municipality,
        "received_at": report.received_at,
        "now": now,
        "url": settings.SITE_URL + report.get_absolute_url(),
    }
    with translation.override(settings.LANGUAGE_CODE):
        subject = render_to_string(f"{MAILS}-subject.txt", context).strip()
        text = render_to_string(f"{MAILS}-body.txt", context)
        html = render_to_string(f"{MAILS}-body.html", context)
    host = urlsplit(settings.SITE_URL).hostname
    message_id = f"<escalation.{step}.{report.receipt_number}@{host}>"
    headers = {"Message-ID": message_id, "Auto-Submitted": "auto-generated"}
    mail = EmailMultiAlternatives(subject, text, to=list(to), headers=headers)
    mail.attach_alternative(html, "text/html")
    return mail
