"""Whatever is done in whatever order: no mail to whom does not want it, none twice.

Beside the program the test keeps a book of its own about who wants mails. It looks into
that book at the moment in which a mail is handed over.
"""

import datetime as dt
import random
from collections import Counter
from dataclasses import dataclass

import pytest
from django.core.exceptions import ValidationError

from core import fiscal
from deliveries import subscribing
from deliveries.models import Delivery, FamilyLink, Notice, Subscription
from deliveries.services import Entry, record_delivery, take_back
from outbox.worker import Sender
from tests.accounts.factories import UserFactory, WorkplaceFactory
from tests.deliveries import keeping
from tests.deliveries.factories import MORNING, SubscriptionFactory
from tests.municipalities.factories import MunicipalityFactory

STEPS = 250
MEMBERS = ("M1", "M2")
ADDRESSES = tuple(f"{name}@example.jp" for name in "abcd")


@dataclass
class Wish:
    """What the book knows of a subscription that has not ended."""

    pk: int
    member: str
    email: str
    replaces: int | None = None
    is_confirmed: bool = False
    is_held: bool = False
    paused_until: dt.date = dt.date.min


class World:
    """The program, driven at random, and the book beside it."""

    def __init__(self, seed):
        self.chance = random.Random(seed)  # noqa: S311 - the same steps every time
        self.at = MORNING
        self.book = {}
        self.handed_over, self.problems = Counter(), []
        self.done = Counter()
        self.place = MunicipalityFactory()
        self.workplace, self.user = WorkplaceFactory(), UserFactory()

    def step(self):
        self.at += dt.timedelta(minutes=self.chance.choice([0, 1, 5, 30, 120]))
        name = self.chance.choice(OPERATIONS)
        try:
            getattr(self, name)()
        except ValidationError:
            name += " refused"
        self.done[name] += 1

    def some(self):
        """Return a wish, and the row that belongs to it."""
        if not self.book:
            raise ValidationError("nobody yet")
        wish = self.chance.choice(list(self.book.values()))
        return wish, Subscription.objects.get(pk=wish.pk)

    def subscribe(self):
        today = fiscal.local_date(self.at)
        row = SubscriptionFactory.build(
            member_number=self.chance.choice(MEMBERS),
            email=self.chance.choice(ADDRESSES),
            municipality=self.place,
            started_on=today,
            confirmed_on=None,
        )
        row.full_clean()
        subscribing.subscribe(subscription=row, at=self.at)
        self.book[row.pk] = Wish(row.pk, row.member_number, row.email)

    def ask(self):
        _wish, row = self.some()
        subscribing.ask_to_confirm(subscription=row, at=self.at)

    def confirm(self):
        """Open any link that was ever sent to somebody."""
        wish, row = self.some()
        links = list(FamilyLink.objects.filter(purpose="confirm", subscription=row))
        if not links:
            raise ValidationError("never asked")
        link = self.chance.choice(links)
        newest = max(links, key=lambda one: one.pk)
        is_good = link == newest and self.at - link.created_at < dt.timedelta(days=7)
        subscribing.confirm(link=link, at=self.at)
        assert is_good or wish.is_confirmed
        if not wish.is_confirmed:
            wish.is_confirmed = True
            if before := self.book.pop(wish.replaces, None):
                wish.paused_until = before.paused_until

    def pause(self):
        wish, row = self.some()
        until = fiscal.local_date(self.at) + dt.timedelta(
            days=self.chance.randint(0, 2)
        )
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
        wish, row = self.some()
        subscribing.stop(subscription=row, how="link", at=self.at)
        self.forget(wish.pk)

    def forget(self, pk):
        self.book.pop(pk, None)
        for other in [one.pk for one in self.book.values() if one.replaces == pk]:
            self.forget(other)

    def change_address(self):
        wish, row = self.some()
        email = self.chance.choice(ADDRESSES)
        new = subscribing.change_address(subscription=row, email=email, at=self.at)
        for other in [one for one in self.book.values() if one.replaces == wish.pk]:
            if other.pk != new.pk:
                self.forget(other.pk)
        self.book.setdefault(new.pk, Wish(new.pk, new.member_number, email, wish.pk))

    def record(self):
        local = self.at + dt.timedelta(hours=9)
        entry = Entry(
            f"D-{self.chance.randint(1, 300)}",
            self.chance.choice(MEMBERS),
            local.date(),
            local.time(),
            self.chance.choice(Delivery.Status.values),
        )
        record_delivery(
            entry=entry, workplace=self.workplace, recorded_by=self.user, at=self.at
        )

    def undo(self):
        recent = list(Delivery.objects.order_by("-pk")[:5])
        if not recent:
            raise ValidationError("nothing yet")
        delivery = self.chance.choice(recent)
        take_back(delivery=delivery, by=self.user, at=self.at)

    def send(self):
        if self.chance.random() < 0.3:
            keeping.meanwhile[:] = [None, self.undo]
        Sender(now=lambda: self.at).run()
        keeping.meanwhile.clear()

    def watch(self, recipients, message):
        """Compare a mail that is just handed over with the book."""
        [email] = recipients
        self.handed_over[message["Message-ID"]] += 1
        notice = Notice.objects.filter(message_id=message["Message-ID"]).first()
        wishes = [one for one in self.book.values() if one.email == email]
        if problem := self.problem_of(notice, wishes):
            self.problems.append(problem)

    def problem_of(self, notice, wishes):
        if not wishes:
            return "nobody gave this address, or it has ended"
        if notice is None:
            return ""
        wishes = [one for one in wishes if one.member == notice.delivery.member_number]
        if not wishes or not wishes[0].is_confirmed:
            return "not confirmed for this member"
        if wishes[0].is_held:
            return "on hold"
        if notice.kind == Notice.Kind.CORRECTION:
            return ""
        if wishes[0].paused_until >= fiscal.local_date(self.at):
            return "paused"
        return "taken back" if notice.delivery.is_undone else ""


OPERATIONS = (
    *["record", "send"] * 6,
    *["confirm", "resume", "release"] * 3,
    *["subscribe", "undo"] * 2,
    *["ask", "pause", "hold", "stop", "change_address"],
)


@pytest.mark.django_db
def test_mails_go_to_whom_wants_them_and_once():
    world = World(seed=6)
    keeping.watchers.append(world.watch)
    for _step in range(STEPS):
        world.step()
        assert not world.problems
    world.at += dt.timedelta(days=3)
    Sender(now=lambda: world.at).run()
    assert not Notice.objects.filter(state="waiting").exists()
    sent = Notice.objects.filter(state="sent")
    for notice in Notice.objects.all():
        times = world.handed_over[notice.message_id]
        assert times == (notice.state == Notice.State.SENT), notice.state
    told = sent.filter(kind="delivery", delivery__undone_at__isnull=False)
    for notice in told:
        wants = notice.subscription_id in world.book
        corrections = notice.delivery.notices.filter(
            kind="correction", subscription=notice.subscription
        )
        assert corrections.count() == 1 or not wants
    # The test is worth something only if all of it took place.
    for name in set(OPERATIONS):
        assert world.done[name], world.done
    assert told.exists()
    assert sent.count() > 10
