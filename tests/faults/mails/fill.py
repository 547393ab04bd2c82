"""Queue the mails of a part in the database of a run; told as JSON.

Called with the name of what to make and how many.
"""

import json
import sys
import uuid

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.mail import EmailMessage, get_connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from deliveries.links import Purpose, standing_links  # noqa: E402
from deliveries.models import Notice, Subscription  # noqa: E402
from deliveries.services import Entry, record_deliveries  # noqa: E402
from municipalities.models import Municipality  # noqa: E402
from outbox.models import Mail, Worker  # noqa: E402

# One mail in ten is no notice but one that is stored whole.
ORDINARY = 10
BATCH = 1_000


def families(count, started_on=None):
    """Make subscriptions in force, of a member and an address each; return them."""
    run, today = uuid.uuid4().hex[:8], started_on or timezone.localdate()
    municipality = Municipality.objects.order_by("pk").first()
    return Subscription.objects.bulk_create(
        [
            Subscription(
                member_number=f"{run}-{n}".upper(),
                member_name=f"見本 花子{n}",
                municipality=municipality,
                family_name=f"架空 一郎{n}",
                email=f"family{n}@{run}.example",
                consent_on=today,
                consent_form=Subscription.ConsentForm.PAPER,
                consent_by="見本 太郎",
                started_on=today,
                confirmed_on=today,
            )
            for n in range(count)
        ],
        batch_size=BATCH,
    )


def deliver(subscriptions, at, happened_at=None):
    """Record a delivery to the member of each, at the instant `at`."""
    staff = User.objects.select_related("workplace").get(username="staff0")
    local = timezone.localtime(happened_at or at)
    entries = [
        Entry(
            uuid.uuid4().hex,
            subscription.member_number,
            local.date(),
            local.time().replace(microsecond=0),
            "handed_over",
        )
        for subscription in subscriptions
    ]
    for start in range(0, len(entries), BATCH):
        record_deliveries(
            entries=entries[start : start + BATCH],
            workplace=staff.workplace,
            recorded_by=staff,
            at=at,
        )


def mails(count):
    """Queue notices and some ordinary mails: {Message-ID: recipient}."""
    ordinary, run = count // ORDINARY, uuid.uuid4().hex[:8]
    subscriptions = families(count - ordinary)
    deliver(subscriptions, timezone.now())
    get_connection().send_messages(
        [
            EmailMessage("お知らせ", "本文", to=[f"staff{n}@{run}.example"])
            for n in range(ordinary)
        ]
    )
    return {**stored(), **notified()}


def stops(count):
    """Queue a notice per family: [[recipient, path of the link to stop]], in order."""
    at = timezone.now()
    subscriptions = families(count)
    links = [standing_links(one, at)[Purpose.STOP] for one in subscriptions]
    deliver(subscriptions, at)
    return [
        [one.email, link.removeprefix(settings.SITE_URL)]
        for one, link in zip(subscriptions, links, strict=True)
    ]


def stored():
    """Return {Message-ID: recipient} of queued mails that are stored whole."""
    rows = Mail.objects.filter(kind="").values_list("message_id", "recipients")
    return {message_id: recipients[0] for message_id, recipients in rows}


def notified():
    """Return {Message-ID: recipient} of queued notices."""
    queued = Mail.objects.exclude(kind="").values("message_id")
    rows = Notice.objects.filter(message_id__in=queued)
    return dict(rows.values_list("message_id", "subscription__email"))


def empty():
    """Forget what earlier parts have left in the queue."""
    Mail.objects.all().delete()
    Worker.objects.all().delete()


def main(what, count):
    """Empty the queue, make what was asked for, print it."""
    empty()
    json.dump(MADE[what](int(count)), sys.stdout)


MADE = {"mails": mails, "stops": stops}

if __name__ == "__main__":
    main(*sys.argv[1:])
