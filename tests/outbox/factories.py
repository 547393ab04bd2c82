"""Rows of the queue, and kinds of mail for tests."""

import datetime as dt

import factory
from django.core.mail import EmailMessage

from outbox.kinds import Kind, Outcome, registry
from outbox.models import Mail, Worker

# A morning in Japan; nothing here asks the clock.
MORNING = dt.datetime(2016, 10, 3, 1, 0, tzinfo=dt.UTC)
KIND = "outbox.sample"
CONTENT = b"Subject: sample\r\nMessage-ID: %s\r\n\r\nsample\r\n"


def after(**amount):
    """Return the instant so much after the morning."""
    return MORNING + dt.timedelta(**amount)


class MailFactory(factory.django.DjangoModelFactory):
    """A stored mail that is due."""

    class Meta:
        model = Mail

    message_id = factory.Sequence(lambda n: f"<sample{n}@example.test>")
    sender = "coop@example.test"
    recipients = factory.Sequence(lambda n: [f"family{n}@example.test"])
    content = factory.LazyAttribute(lambda mail: CONTENT % mail.message_id.encode())
    created_at = due_at = MORNING
    expires_at = MORNING + dt.timedelta(days=1)

    class Params:
        by_reference = factory.Trait(
            kind=KIND,
            reference=factory.Sequence(str),
            key=factory.LazyAttribute(lambda mail: f"{KIND}:{mail.reference}"),
            sender="",
            recipients=[],
            content=b"",
        )
        held = factory.Trait(
            state=Mail.State.SENDING,
            claimed_by="dead:1:worker",
            lease_until=MORNING + dt.timedelta(seconds=20),
        )


class WorkerFactory(factory.django.DjangoModelFactory):
    """A worker that was heard of in the morning."""

    class Meta:
        model = Worker

    name = factory.Sequence(lambda n: f"host:{n}:worker")
    started_at = seen_at = MORNING


class Notebook:
    """What a kind was asked and told; `answer` is called to write each mail."""

    def __init__(self, answer=None):
        self.asked, self.told = [], []
        self.answer = answer or self.mail

    def mail(self, reference, at):
        """Return a plain mail to the family of the reference."""
        return EmailMessage("sample", "sample", to=[f"family{reference}@example.test"])

    def prepare(self, reference, at):
        self.asked.append(reference)
        return self.answer(reference, at)

    def settled(self, reference, outcome, at):
        self.told.append((reference, Outcome(outcome), at))

    def installed(self):
        """Make it the only kind for the duration of a block."""
        kind = Kind(key=KIND, prepare=self.prepare, settled=self.settled)
        return registry.override(kind)
