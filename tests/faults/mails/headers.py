"""Headers and recipients smuggled into names, addresses and subjects: none gets out."""

import email
import re
from collections import Counter

from tests.faults.mails.payloads import EVIL
from tests.faults.mails.results import drain
from tests.faults.mails.sink import Sink
from tests.faults.mails.workers import HURRIED_BELOW, Workers, call
from tests.faults.promises import at_least, exactly, told

PAYLOADS = 200
# All that our mails have, each once.
ALLOWED = {
    "auto-submitted",
    "cc",
    "content-transfer-encoding",
    "content-type",
    "date",
    "from",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "message-id",
    "mime-version",
    "reply-to",
    "subject",
    "to",
    "x-trace",
}
BARE_TEXT = "bare line breaks, by which a mail may be cut in two"
BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n")


def run(stack, *, scale, seed):
    """Return the promises about injected headers, with what was found."""
    is_hurried, count = scale < HURRIED_BELOW, max(60, int(PAYLOADS * scale))
    with Sink(keeps=True) as sink:
        module = "tests.faults.mails.smuggling"
        made = call(stack, sink, module, str(count), is_hurried=is_hurried)
        with Workers(stack, sink.url, is_hurried=is_hurried) as workers:
            workers.start(1)
            drain(stack.database)
            workers.end_all()
    states = Counter(
        state for (state,) in stack.database.rows("SELECT state FROM outbox_mail")
    )
    return [
        at_least("payloads", made["payloads"], count),
        told("refused before they were queued", made["refused"]),
        *(told(f"mails {state}", states[state]) for state in sorted(states)),
        *compare(sink.taken, set(made["recipients"])),
    ]


def compare(taken, recipients):
    """Return what stands in the mails and envelopes that should not."""
    extra = doubled = bare = elsewhere = 0
    for mail in taken:
        head = mail.content.partition(b"\r\n\r\n")[0]
        names = Counter(name.lower() for name in email.message_from_bytes(head))
        extra += sum(name not in ALLOWED for name in names)
        doubled += sum(count > 1 for count in names.values())
        bare += len(BARE.findall(mail.content))
        elsewhere += sum(one not in recipients for one in mail.recipients)
        elsewhere += EVIL in mail.sender
    return [
        at_least("mails that arrived", len(taken), 1),
        exactly("headers that nobody wrote", extra, 0),
        exactly("headers that stand twice", doubled, 0),
        exactly(BARE_TEXT, bare, 0),
        exactly("recipients and senders that nobody wrote", elsewhere, 0),
    ]
