"""Which faults a mail server of a run injects, and how many it really injected."""

import random
import threading
from collections import Counter
from enum import StrEnum


class Fault(StrEnum):
    REFUSED = "connection refused or greeted with 554"
    UNAVAILABLE = "421"
    LATER = "451 to a recipient"
    STALL = "stalled beyond the time-out"
    DROP = "dropped before DATA"
    SWALLOW = "accepted, then dropped without answer"


IN_MAIL = [fault for fault in Fault if fault is not Fault.REFUSED]
# Connections that are refused lie among so many first ones: later there may be none.
EARLY = 0.7


class Faults:
    """A deck of faults: so many of each kind, at places that `dice` chose.

    One that did not come about, since the client died first, goes to the next mail.
    """

    def __init__(self, of_each, mails, dice: random.Random):
        self.dice = dice
        self.injected = Counter()
        self._lock = threading.Lock()
        self._mails = self._connections = 0
        deck = [fault for fault in IN_MAIL for _ in range(of_each)]
        dice.shuffle(deck)
        # Every mail is tried at least once, so every place comes.
        self._in_mail = dict(
            zip(dice.sample(range(mails), len(deck)), deck, strict=True)
        )
        self._missed = []
        # After a fault that ends a connection somebody has to connect again.
        ends = int(EARLY * (of_each * (len(IN_MAIL) - 1))) + of_each
        self._refused = set(dice.sample(range(ends), of_each))

    def refuses(self):
        """Whether the next connection is to be refused."""
        with self._lock:
            self._connections += 1
            return self._connections - 1 in self._refused

    def for_mail(self):
        """Return the fault of the next mail that is tried; None without."""
        with self._lock:
            self._mails += 1
            fault = self._in_mail.get(self._mails - 1)
            if fault is None and self._missed:
                return self._missed.pop()
            return fault

    def put_back(self, fault):
        with self._lock:
            self._missed.append(fault)

    def count(self, fault):
        with self._lock:
            self.injected[fault] += 1
