"""One way to send mails, in a process of its own: queue them, then time the command.

Timed is the command as its authors tell to run it, with default settings, from its
call (Django is loaded by then) until it has sent everything and returned.
"""

import json
import smtplib
import sys
import time
from collections.abc import Callable, Sequence

import django

django.setup()

from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.mail import EmailMultiAlternatives, get_connection  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db.models import Model  # noqa: E402

from tests.bench_mail import deliveries  # noqa: E402
from tests.bench_mail.mails import mails  # noqa: E402

SMTP = "django.core.mail.backends.smtp.EmailBackend"
# What each wants as EMAIL_BACKEND, by its own installation guide.
BACKENDS = {
    "outbox": "outbox.backend.EmailBackend",
    "notices": "outbox.backend.EmailBackend",
    "post_office": "post_office.EmailBackend",
    "mailer": "mailer.backend.DbBackend",
}
OURS = ("outbox", "notices")
PACKAGES = ("mailer", "post_office")
Mails = Sequence[EmailMultiAlternatives]


def queue(rows: Mails) -> None:
    """Queue through Django, all at once."""
    get_connection().send_messages(list(rows))


def queue_at_post_office(rows: Mails) -> None:
    """Queue by the function that post_office has for many; its backend is slower."""
    from post_office.mail import send_many  # installed only where it is measured

    send_many(
        [
            {
                "sender": mail.from_email,
                "recipients": mail.to,
                "subject": mail.subject,
                "message": mail.body,
                "html_message": mail.alternatives[0][0],
                "headers": mail.extra_headers,
            }
            for mail in rows
        ]
    )


def send_bare(rows: Mails) -> None:
    """Send over one open connection, one after the other, and keep no record."""
    with get_connection(SMTP) as server:
        for mail in rows:
            server.send_messages([mail])


def send_ready(rows: Sequence[tuple[str, list[str], bytes]]) -> None:
    """Send what is written already: nothing but smtplib."""
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as server:
        for row in rows:
            server.sendmail(*row)


def nothing(rows: Mails) -> None:
    """Queue nothing."""


def tables_of_packages() -> list[type[Model]]:
    """Return the tables of the packages, those that refer to others first."""
    installed = [app for app in PACKAGES if apps.is_installed(app)]
    return [
        model
        for app in installed
        for model in reversed(list(apps.get_app_config(app).get_models()))
    ]


def taken() -> list[int]:
    """Return how many mails the sink has, and over how many connections at once."""
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as server:
        return [int(one) for one in server.docmd("COUN")[1].split()]


WAYS: dict[str, tuple[Callable, Callable]] = {
    "bare": (nothing, send_bare),
    "ready": (nothing, send_ready),
    "outbox": (queue, lambda rows: call_command("send_notices")),
    "notices": (deliveries.record, lambda rows: call_command("send_notices")),
    "post_office": (
        queue_at_post_office,
        lambda rows: call_command("send_queued_mail"),
    ),
    "mailer": (queue, lambda rows: call_command("send_mail")),
}


def main(way: str, count: int, port: int) -> None:
    settings.EMAIL_BACKEND = BACKENDS.get(way, SMTP)
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.OUTBOX_TRANSPORT = "outbox.transport.SmtpBackend"
    deliveries.clear(deliveries.TABLES if way in OURS else tables_of_packages())
    fill, send = WAYS[way]
    rows = deliveries.entries(count) if way == "notices" else mails(count)
    start = time.perf_counter()
    fill(rows)
    queued = time.perf_counter() - start
    if way == "ready":
        rows = [
            (row.from_email, row.to, row.message().as_bytes(linesep="\r\n"))
            for row in rows
        ]
    deliveries.clear(())
    [before, _others], start = taken(), time.perf_counter()
    send(rows)
    seconds = time.perf_counter() - start
    after, at_once = taken()
    found = {"queued": queued, "seconds": seconds, "sent": after - before}
    found["at_once"] = at_once
    print(json.dumps(found))  # noqa: T201 - who called reads it


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
