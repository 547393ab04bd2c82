"""Random operations on subscriptions and deliveries, with a book beside them."""

import datetime as dt
import random
import smtplib
from collections import Counter

from django.core.exceptions import ValidationError

from accounts.models import User
from core import fiscal
from deliveries import subscribing
from deliveries.bounces import record_bounce
from deliveries.models import Delivery, FamilyLink, Notice, Subscription
from deliveries.services import Entry, record_delivery, send_again, take_back
from outbox.models import Mail
from outbox.worker import Sender
from tests.deliveries import keeping
from tests.deliveries.book import OLD_LINK, Book
from tests.deliveries.factories import MORNING, SubscriptionFactory

STEPS = 250
END = dt.timedelta(days=3)
# How often something happens while a mail goes out, and how often it goes wrong.
MEANWHILE, TROUBLE = 0.4, 0.5
# From among how many of the last ones one is chosen.
RECENT = 8
OPERATIONS = (
    *["record", "send"] * 6,
    *["subscribe", "confirm", "release"] * 3,
    *["undo", "resume", "change_address", "send_again"] * 2,
    *["ask", "pause", "hold", "stop", "bounce"],
)
# What a family, a driver or a mail service may do while a mail is handed over.
AT_ONCE = ("undo", "stop", "pause", "confirm", "change_address", "record", "bounce")
# What goes wrong before the mail server has a mail, and after it took one.
BEFORE = {
    "refused": lambda to: smtplib.SMTPRecipientsRefused(dict.fromkeys(to, (550, b""))),
    "put off": lambda to: smtplib.SMTPRecipientsRefused(dict.fromkeys(to, (451, b""))),
    "parked": lambda _to: smtplib.SMTPDataError(554, b""),
    "cut": lambda _to: smtplib.SMTPServerDisconnected(),
    "killed": lambda _to: keeping.Killed(),
}
AFTER = {"unanswered": smtplib.SMTPServerDisconnected, "killed after": keeping.Killed}
TROUBLES = (*BEFORE, *AFTER)
# After these nobody knows whether the family has the mail.
UNKNOWN = ("cut", "killed")


class World:
    """The program, driven at random over one Japanese week, and the book beside it.

    `name` keeps its members and deliveries apart from those of others in the database.
    """

    def __init__(self, seed, name, *, place, workplace, user):
        self.chance = random.Random(seed)  # noqa: S311 - the same steps every time
        self.at = MORNING
        self.book = Book()
        self.done, self.refused, self.troubles = Counter(), Counter(), Counter()
        self.name, self.place = name, place
        self.workplace, self.user = workplace, user
        self.members = [f"{name}-{n}" for n in (1, 2)]
        self.addresses = [f"{local}@{name}.example" for local in "abcd"]
        self.staff = set(User.objects.exclude(email="").values_list("email", flat=True))
        self.trouble, self.last = "", ""

    def run(self, steps=STEPS):
        """Do so many things; then let the days pass until nothing is left to send."""
        keeping.watchers.append(self.watch)
        try:
            while self.done.total() < steps:
                self.step()
            for _ in range(3):
                self.at += END / 3
                self.send_quietly()
        finally:
            keeping.watchers.remove(self.watch)
        self.book.close()

    def step(self):
        self.at += dt.timedelta(minutes=self.chance.choice([0, 1, 5, 30, 120]))
        self.do(self.chance.choice(OPERATIONS))

    def do(self, name):
        try:
            getattr(self, name)()
        except ValidationError:
            self.refused[name] += 1
        else:
            self.done[name] += 1

    @property
    def today(self):
        return fiscal.local_date(self.at)

    def one_of(self, rows):
        """Return one at random. Raises ValidationError without any."""
        if not (rows := list(rows)):
            raise ValidationError("nothing yet")
        return self.chance.choice(rows)

    def some(self):
        """Return a wish, and the row that belongs to it."""
        wish = self.one_of(self.book.wishes.values())
        return wish, Subscription.objects.get(pk=wish.pk)

    def subscribe(self):
        row = SubscriptionFactory.build(
            member_number=self.chance.choice(self.members),
            email=self.chance.choice(self.addresses),
            municipality=self.place,
            started_on=self.today,
            confirmed_on=None,
        )
        row.full_clean()
        subscribing.subscribe(subscription=row, at=self.at)
        self.book.add(row)

    def ask(self):
        _wish, row = self.some()
        subscribing.ask_to_confirm(subscription=row, at=self.at)

    def confirm(self):
        """Open any link that was sent to somebody lately, or to ask once more."""
        of_ours = {"subscription__member_number__in": self.members}
        links = FamilyLink.objects.filter(purpose="confirm", **of_ours).order_by("-pk")
        link = self.one_of(links[:RECENT])
        newest = links.filter(subscription=link.subscription_id).first()
        is_good = link == newest and self.at - link.created_at < dt.timedelta(days=7)
        subscribing.confirm(link=link, at=self.at)
        wish = self.book.wishes.get(link.subscription_id)
        if wish and (is_good or wish.is_confirmed):
            self.book.confirm(wish)
        else:
            self.book.problems[OLD_LINK] += 1

    def pause(self):
        wish, row = self.some()
        until = self.today + dt.timedelta(days=self.chance.randint(0, 2))
        subscribing.pause(subscription=row, until=until, at=self.at)
        wish.paused_until = until

    def resume(self):
        wish, row = self.some()
        subscribing.resume(subscription=row)
        wish.paused_until = dt.date.min

    def hold(self):
        wish, row = self.some()
        subscribing.hold(subscription=row, held_for="bounced", at=self.at)
        wish.is_held = True

    def release(self):
        wish, row = self.some()
        subscribing.release(subscription=row, at=self.at)
        wish.is_held = False

    def stop(self):
        """Stop by a mail of now or of before, or by the staff."""
        rows = Subscription.objects.filter(member_number__in=self.members)
        row = self.one_of(rows.order_by("-pk")[:RECENT])
        how = self.chance.choice(["link", "one_click", "coop"])
        subscribing.stop(subscription=row, how=how, at=self.at)
        self.book.forget(row.pk)

    def change_address(self):
        wish, row = self.some()
        email = self.chance.choice(self.addresses)
        new = subscribing.change_address(subscription=row, email=email, at=self.at)
        self.book.ask_instead(wish, new)

    def record(self):
        local = self.at + dt.timedelta(hours=9)
        entry = Entry(
            f"{self.name}-{self.chance.randint(1, 300)}",
            self.chance.choice(self.members),
            local.date(),
            local.time(),
            self.chance.choice(Delivery.Status.values),
        )
        record_delivery(
            entry=entry, workplace=self.workplace, recorded_by=self.user, at=self.at
        )

    def undo(self):
        rows = Delivery.objects.filter(member_number__in=self.members)
        delivery = self.one_of(rows.order_by("-pk")[:RECENT])
        take_back(delivery=delivery, by=self.user, at=self.at)
        self.book.undone.add(delivery.pk)

    def bounce(self):
        """Let a mail that was handed over come back, by its Message-ID or without."""
        message_id = self.one_of(list(self.book.taken)[-RECENT:])
        email = self.chance.choice(self.addresses)
        kind = self.chance.choice(["permanent", "temporary", "complaint"])
        is_ours = record_bounce(
            message_id=self.chance.choice(["", message_id]),
            recipient=email,
            kind=kind,
            code="",
            source="service",
            key=f"{self.name}-{self.done.total()}-{self.refused.total()}",
            at=self.at,
        )
        if not is_ours:
            raise ValidationError("nobody's mail")
        if kind != "temporary":
            self.book.bounced(email)

    def send_again(self):
        of_ours = {"delivery__member_number__in": self.members}
        rows = Notice.objects.filter(state="failed", **of_ours).order_by("-pk")
        send_again(notice=self.one_of(rows[:2]), at=self.at)

    def send(self):
        dice = self.chance.random
        self.trouble = self.chance.choice(TROUBLES) if dice() < TROUBLE else ""
        at_once = self.chance.choice(AT_ONCE) if dice() < MEANWHILE else ""
        keeping.meanwhile[:] = [None, lambda: self.while_it_goes_out(at_once)]
        self.send_quietly()

    def send_quietly(self):
        try:
            Sender(now=lambda: self.at).run()
        except keeping.Killed:
            pass
        finally:
            keeping.meanwhile.clear()
            self.trouble = ""

    def watch(self, recipients, message):
        """Compare a mail that is just handed over with the book."""
        mail = Mail.objects.get(message_id=message["Message-ID"])
        self.last = mail.message_id
        if self.trouble in BEFORE:
            trouble, self.trouble = self.trouble, ""
            self.troubles[trouble] += 1
            if trouble in UNKNOWN:
                self.book.note(mail, self.book.maybe_told)
            raise BEFORE[trouble](recipients)
        self.book.taken[mail.message_id] += 1
        self.book.note(mail, self.book.told)
        for email in set(recipients) - self.staff:
            if problem := self.book.problem_of(mail, email, self.today):
                self.book.unwanted[problem] += 1

    def while_it_goes_out(self, name):
        """Do something else after a mail was taken, and before that is known."""
        if name:
            self.do(name)
        if self.trouble in AFTER:
            trouble, self.trouble = self.trouble, ""
            self.troubles[trouble] += 1
            self.book.unanswered[self.last] += 1
            raise AFTER[trouble]
