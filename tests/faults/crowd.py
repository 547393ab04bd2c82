"""Many at once: people who work, and killers who follow how far the work is."""

import random
import threading
import time
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait


class Work:
    """How much of `target` is done; over when everything promised has happened."""

    def __init__(self, target, *, minutes=60):
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

    def __init__(self, kill, deaths, count, *, work, dice: random.Random):
        self.kill = kill
        self.deaths = deaths
        self.count = count
        self.work = work
        self.dice = dice
        self.is_done = False
        work.conditions.append(lambda: self.is_done)

    def run(self):
        for point in sorted(self.dice.random() for _ in range(self.count)):
            while self.work.progress() < point and not self.work.is_over():
                time.sleep(0.005)
            time.sleep(self.dice.uniform(0, 0.02))
            if self.work.is_over():
                return
            self.kill(self.dice)
        # Not every blow kills: somebody may have died of another one just before.
        while len(self.deaths()) < self.count and not self.work.is_over():
            self.kill(self.dice)
            time.sleep(self.dice.uniform(0.1, 0.3))
        self.is_done = True


def all_at_once(actions, work):
    """Run the actions in threads; when one raises, the others stop, and so do we."""
    with ThreadPoolExecutor(len(actions)) as pool:
        futures = [pool.submit(action) for action in actions]
        wait(futures, return_when=FIRST_EXCEPTION)
        if any(future.done() and future.exception() for future in futures):
            work.fail()
    for future in futures:
        future.result()
