"""Many at once: people who work, and killers who follow how far the work is."""

import random
import threading
import time
from collections import Counter
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

from tests.faults.promises import at_least, told
from tests.faults.proxy import Cut, CuttingProxy

# The part of the connections that gets each of the three cuts.
SHARE = 0.03


class Work:
    """How much of `target` is done; over when everything promised has happened."""

    def __init__(self, target, *, minutes=180):
        self.target = target
        self.done = 0
        self.conditions = []
        self._lock = threading.Lock()
        self._broken = threading.Event()
        self._end = time.monotonic() + minutes * 60

    def count(self):
        with self._lock:
            self.done += 1

    def progress(self):
        """Return the done part of the work, 1 when all of it is."""
        return self.done / self.target

    def fail(self):
        """Let everybody stop: somebody met what must not be."""
        self._broken.set()

    def is_over(self):
        """Whether everybody may stop; raises RuntimeError when it takes too long."""
        if time.monotonic() > self._end:
            raise RuntimeError("It took too long.")
        if self._broken.is_set():
            return True
        return self.done >= self.target and all(met() for met in self.conditions)


class Killer:
    """Kills `count` times at moments spread at random over the work."""

    def __init__(self, victims, count, *, work, dice: random.Random):
        self.victims = victims
        self.count = count
        self.work = work
        self.dice = dice
        self.before = len(victims.deaths())
        self.is_done = False
        work.conditions.append(lambda: self.is_done)

    def died(self):
        """Return how many really died of it."""
        return len(self.victims.deaths()) - self.before

    def run(self):
        for point in sorted(self.dice.random() for _ in range(self.count)):
            while self.work.progress() < point and not self.work.is_over():
                time.sleep(0.005)
            time.sleep(self.dice.uniform(0, 0.02))
            if self.work.is_over():
                return
            self.victims.kill(self.dice)
        # Not every blow kills: somebody may have died of another one just before.
        while self.died() < self.count and not self.work.is_over():
            self.victims.kill(self.dice)
            time.sleep(self.dice.uniform(0.1, 0.3))
        self.is_done = True


class Fire:
    """All faults of one part: a proxy that cuts, and killers; `seen` by people."""

    def __init__(self, stack, work, dice, *, workers, backends, cuts):
        self.cuts = int(cuts)
        self.seen = Counter()
        self.proxy = CuttingProxy(stack.port, share=SHARE, dice=dice)
        self.killed = {"web workers killed": (stack, workers)}
        if stack.database.vendor == "postgresql":
            self.killed["back ends killed"] = (stack.database, backends)
        self.killed = {
            text: Killer(victims, max(1, int(count)), work=work, dice=dice)
            for text, (victims, count) in self.killed.items()
        }
        work.conditions.append(self._has_cut)

    def _has_cut(self):
        return all(self.proxy.counts[cut] >= self.cuts for cut in Cut)

    def killers(self):
        """Return what the killers do, to be run beside the people."""
        return [killer.run for killer in self.killed.values()]

    def promises(self):
        """Yield the lines about faults, as those who died of them tell."""
        for text, killer in self.killed.items():
            yield at_least(text, killer.died(), killer.count)
        for cut in Cut:
            yield at_least(f"connections: {cut}", self.proxy.counts[cut], self.cuts)
        for text in sorted(self.seen):
            yield told(f"seen by people: {text}", self.seen[text])


def all_at_once(actions, work):
    """Run the actions in threads; when one raises, the others stop, and so do we."""
    with ThreadPoolExecutor(len(actions)) as pool:
        futures = [pool.submit(action) for action in actions]
        went_well = False
        try:
            wait(futures, return_when=FIRST_EXCEPTION)
            went_well = not any(f.done() and f.exception() for f in futures)
        finally:
            if not went_well:
                work.fail()
    for future in futures:
        future.result()
