"""Queue one mail of every kind, by the services that send them; told as JSON.

{"kinds": {Message-ID: kind, empty for ordinary mails}, "missing": [kinds of which there
is no specimen here]}.
"""

import datetime as dt
import json
import sys

import django

django.setup()

from django.contrib.auth.models import Group  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from alerts.escalation import escalate  # noqa: E402
from core.access import Role, coordinator_of  # noqa: E402
from deliveries import subscribing  # noqa: E402
from deliveries.bounces import record_bounce  # noqa: E402
from deliveries.models import Bounce, Notice  # noqa: E402
from deliveries.services import correct  # noqa: E402
from deliveries.watch import watch  # noqa: E402
from municipalities.models import Municipality  # noqa: E402
from outbox.kinds import registry  # noqa: E402
from outbox.models import Mail  # noqa: E402
from tests.alerts.factories import IncidentReportFactory  # noqa: E402
from tests.faults.mails.fill import deliver, empty, families  # noqa: E402


def give_addresses():
    """Let staff who are warned have addresses, and a manager be there."""
    manager, _is_new = User.objects.get_or_create(username="manager0")
    manager.groups.add(Group.objects.get(name=Role.MANAGER))
    warned = Role.DUTY_OFFICER, Role.MANAGER, coordinator_of("deliveries")
    for user in User.objects.filter(groups__name__in=warned):
        User.objects.filter(pk=user.pk).update(email=f"{user.username}@coop.example")


def to_families(at):
    """Queue a notice, a correction, a confirmation, a change of address."""
    told, corrected, new, moving, returned = families(5)
    deliver([told, corrected, returned], at)
    sent = Notice.objects.filter(subscription=corrected)
    sent.update(state=Notice.State.SENT, sent_at=at)
    Mail.objects.filter(message_id__in=sent.values("message_id")).delete()
    correct(list(sent), at)
    new.confirmed_on = None
    new.save()
    subscribing.ask_to_confirm(subscription=new, at=at)
    address = moving.email.replace("family", "moved")
    subscribing.change_address(subscription=moving, email=address, at=at)
    return Notice.objects.get(subscription=returned)


def to_staff(returned, at):
    """Queue warnings, the notice that a mail came back, the report, the alarm."""
    staff = User.objects.select_related("workplace").get(username="staff0")
    IncidentReportFactory(
        received_at=at - dt.timedelta(days=20),
        noticed_at=at - dt.timedelta(days=20),
        workplace=staff.workplace,
        entered_by=staff,
        municipality=Municipality.objects.order_by("pk").first(),
    )
    escalate(now=at)
    record_bounce(
        message_id=returned.message_id,
        recipient=returned.subscription.email,
        kind=Bounce.Kind.PERMANENT,
        code="5.1.1",
        source=Bounce.Source.SERVICE,
        key=f"specimen:{returned.pk}",
        at=at,
    )
    # In the evening of tomorrow the queue is late, and the day wants its report.
    watch(now=at + dt.timedelta(days=1))


def main():
    """Make them all, print what they are."""
    empty()
    give_addresses()
    at = timezone.now()
    to_staff(to_families(at), at)
    kinds = dict(Mail.objects.values_list("message_id", "kind"))
    missing = sorted({kind.key for kind in registry} - set(kinds.values()))
    json.dump({"kinds": kinds, "missing": missing}, sys.stdout)


if __name__ == "__main__":
    main()
