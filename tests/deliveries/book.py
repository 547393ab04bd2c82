"""A book of who wants mails, kept beside the program from what was asked of it alone.

It is looked into at the moment in which a mail is handed over, and once more at the
end.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from deliveries import subscribing
from deliveries.models import FamilyLink, Notice, Subscription
from deliveries.services import KIND

# What may be found wrong at the end, beside mails that nobody wanted.
DOUBLED, LOST = "mails sent twice without need", "mails whose outcome is not as noted"
HELD_BACK = "mails held back from families that want them"
MISSING, TWICE = "corrections missing", "corrections written twice"
OPEN, OLD_LINK = "subscriptions open against the book", "confirmed by a link of before"
PROBLEMS = (DOUBLED, LOST, HELD_BACK, MISSING, TWICE, OPEN, OLD_LINK)


@dataclass
class Wish:
    """What the book knows of a subscription that has not ended."""

    pk: int
    member: str
    email: str
    is_confirmed: bool = False
    is_held: bool = False
    paused_until: dt.date = dt.date.min
    # Those whose place it took.
    places: set[int] = field(default_factory=set)


class Book:
    """Who wants mails, which were handed over, and what was wrong with them."""

    def __init__(self):
        self.wishes = {}
        self.undone = set()
        # {subscription: the one whose address it was to replace}
        self.replaces = {}
        # By Message-ID: how often it was taken, and how often without a known answer.
        self.taken, self.unanswered = Counter(), Counter()
        # {(subscription, delivery)} of what the family was told, or may have been.
        self.told, self.maybe_told = set(), set()
        # Why a mail should not have been handed over, and what else is wrong.
        self.unwanted, self.problems = Counter(), Counter()

    def add(self, row, replaces=None):
        self.replaces[row.pk] = replaces
        self.wishes.setdefault(row.pk, Wish(row.pk, row.member_number, row.email))

    def ask_instead(self, wish, row):
        """Note who is asked to take a place, instead of whoever was asked before."""
        before = self.replaces[wish.pk]
        in_force = (
            before if before in self.wishes and not wish.is_confirmed else wish.pk
        )
        for pk, place in list(self.replaces.items()):
            if place == in_force and pk != row.pk:
                self.forget(pk)
        self.add(row, replaces=in_force)

    def confirm(self, wish):
        if wish.is_confirmed:
            return
        wish.is_confirmed = True
        if before := self.wishes.pop(self.replaces[wish.pk], None):
            wish.paused_until = before.paused_until
            wish.places = before.places | {before.pk}

    def forget(self, pk):
        """Strike out a subscription, and all that are to take its place or did."""
        for other in list(self.wishes):
            if pk in self.chain(other):
                del self.wishes[other]

    def chain(self, pk):
        """Return the subscription and those before it, the newest first."""
        chain = [pk]
        while (pk := self.replaces.get(pk)) is not None:
            chain.append(pk)
        return chain

    def heir(self, pk):
        """Return the wish that is in the place of a subscription; None without."""
        found = [w for w in self.wishes.values() if pk == w.pk or pk in w.places]
        return found[0] if found else None

    def bounced(self, email):
        for wish in self.wishes.values():
            wish.is_held |= wish.email == email

    def problem_of(self, mail, email, today):
        """Return what is wrong with a mail just handed over; empty for nothing."""
        if mail.kind == subscribing.CONFIRMATION:
            pk = FamilyLink.objects.get(pk=mail.reference).subscription_id
            wish = self.wishes.get(pk)
            is_wanted = wish and wish.email == email and not wish.is_confirmed
            return "" if is_wanted else "question that nobody waits for"
        if mail.kind == subscribing.ADDRESS_CHANGED:
            link = FamilyLink.objects.select_related("subscription__replaces")
            before = link.get(pk=mail.reference).subscription.replaces
            is_wanted = before.email == email and self.heir(before.pk)
            return "" if is_wanted else "news of a change after the end"
        notice = Notice.objects.select_related("delivery").get(pk=mail.reference)
        return self.problem_of_notice(notice, email, today)

    def problem_of_notice(self, notice, email, today):
        place, delivery = notice.subscription_id, notice.delivery_id
        wish = self.wishes.get(place)
        if wish is None or wish.email != email:
            return "nobody gave this address, or it has ended"
        if not wish.is_confirmed or wish.member != notice.delivery.member_number:
            return "not confirmed for this member"
        if wish.is_held:
            return "on hold"
        if notice.kind == Notice.Kind.CORRECTION:
            heard = {(pk, delivery) for pk in (place, *wish.places)}
            is_due = heard & (self.told | self.maybe_told) and delivery in self.undone
            return "" if is_due else "correction of what was never told"
        if wish.paused_until >= today:
            return "paused"
        return "taken back" if delivery in self.undone else ""

    def note(self, mail, told):
        """Note of the notice of a delivery that its family is told, or may be."""
        if mail.kind == KIND:
            notice = Notice.objects.get(pk=mail.reference)
            if notice.kind == Notice.Kind.DELIVERY:
                told.add((notice.subscription_id, notice.delivery_id))

    def close(self):
        """Compare what is noted at the end with what was handed over."""
        pks = list(self.replaces)
        rows = Subscription.objects.filter(pk__in=pks, ended_on__isnull=True)
        is_open = set(rows.values_list("pk", flat=True))
        self.problems[OPEN] += len(is_open ^ self.wishes.keys())
        notices = Notice.objects.filter(subscription__in=pks)
        self.problems[LOST] += notices.filter(state=Notice.State.WAITING).count()
        for message_id, state in notices.values_list("message_id", "state"):
            known = self.taken[message_id] - self.unanswered[message_id]
            self.problems[LOST] += known != (state == Notice.State.SENT)
        for pk, why in notices.values_list("subscription", "cancelled_for"):
            ended = why in (Notice.Cancelled.ENDED, Notice.Cancelled.UNCONFIRMED)
            self.problems[HELD_BACK] += bool(ended and self.heir(pk))
        for message_id, times in self.taken.items():
            self.problems[DOUBLED] += times > 1 + self.unanswered[message_id]
        corrections = set(
            notices.filter(kind=Notice.Kind.CORRECTION).values_list(
                "subscription", "delivery"
            )
        )
        for pk, delivery in self.told:
            heir = self.heir(pk)
            if delivery in self.undone and heir:
                heard = {(one, delivery) for one in (heir.pk, *heir.places)}
                self.problems[MISSING] += not heard & corrections
                self.problems[TWICE] += len(heard & corrections) > 1
