"""Queue mails with payloads in all that people may type, past the forms; told as JSON.

Called with the number of payloads.
"""

import json
import sys

import django

django.setup()

from django.core.mail import EmailMessage  # noqa: E402
from django.db import DatabaseError, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from deliveries.models import Notice  # noqa: E402
from outbox.models import Mail  # noqa: E402
from tests.faults.mails.fill import deliver, empty, families  # noqa: E402
from tests.faults.mails.payloads import payloads  # noqa: E402


def smuggled(count):
    """Put each payload somewhere: how many were refused, and who may get a mail."""
    at, refused, allowed = timezone.now(), 0, []
    for n, payload in enumerate(payloads(count)):
        way = WAYS[n % len(WAYS)]
        [family] = families(1)
        allowed.append(family.email)
        try:
            with transaction.atomic():
                way(family, payload, at)
        except (ValueError, DatabaseError):
            refused += 1
    return {"payloads": count, "refused": refused, "recipients": allowed}


def in_family_name(family, payload, at):
    family.family_name = f"架空{payload}"[:100]
    family.save()
    deliver([family], at)


def in_member_name(family, payload, at):
    family.member_name = f"見本{payload}"[:100]
    family.save()
    deliver([family], at)


def in_address(family, payload, at):
    family.email = f"{family.email}{payload}"
    family.save()
    deliver([family], at)


def before_address(family, payload, at):
    family.email = f"{payload}{family.email}"
    family.save()
    deliver([family], at)


def in_message_id(family, payload, at):
    deliver([family], at)
    notice = Notice.objects.get(subscription=family)
    row = Mail.objects.filter(message_id=notice.message_id)
    row.update(message_id=f"{notice.message_id[:-1]}{payload}>")


def in_subject(family, payload, at):
    EmailMessage(f"お知らせ{payload}", "本文", to=[family.email]).send()


def in_text(family, payload, at):
    EmailMessage(
        "お知らせ", f"本文{payload}\r\n.\r\n{payload}", to=[family.email]
    ).send()


def in_name_of_recipient(family, payload, at):
    EmailMessage("お知らせ", "本文", to=[f"架空{payload} <{family.email}>"]).send()


def in_ordinary_recipient(family, payload, at):
    EmailMessage("お知らせ", "本文", to=[f"{family.email}{payload}"]).send()


def in_sender(family, payload, at):
    sender = f"tsunagari{payload} <tsunagari@localhost>"
    EmailMessage("お知らせ", "本文", sender, [family.email]).send()


def in_headers(family, payload, at):
    headers = {
        "X-Trace": f"1{payload}",
        "Message-ID": f"<1{family.pk}{payload}@a.example>",
    }
    reply = [f"返事{payload} <desk@a.example>"]
    EmailMessage(
        "お知らせ", "本文", to=[family.email], reply_to=reply, headers=headers
    ).send()


WAYS = (
    in_family_name,
    in_member_name,
    in_address,
    before_address,
    in_message_id,
    in_subject,
    in_text,
    in_name_of_recipient,
    in_ordinary_recipient,
    in_sender,
    in_headers,
)


if __name__ == "__main__":
    empty()
    json.dump(smuggled(int(sys.argv[1])), sys.stdout)
