"""What the workers of pytest-xdist do first, and what they may share.

A module goes to one worker, so one that takes minutes would leave the others idle at
the end. The longest begin, and the walks of the canaries are handed out one by one.
"""

from collections import Counter

from xdist.scheduler import LoadScopeScheduling

# Path prefixes, longest first. The modules over the demo are one piece of work, because
# one load serves all of them when they follow one another.
DEMO = "tests/test_demo"
APART = "tests/test_canary.py"
FIRST = (
    DEMO,
    APART,
    "tests/faults/",
    "tests/dashboard/test_closing_faults.py",
    "tests/browser/",
)


class LongestFirst(LoadScopeScheduling):
    """Hand out modules in the order of `put_in_order`."""

    def __init__(self, config, log=None):
        super().__init__(config, log)
        # Not by the number of tests: the eight of the canaries take longest.
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid):
        if nodeid.startswith(DEMO):
            return DEMO
        if nodeid.startswith(APART):
            return nodeid
        return super()._split_scope(nodeid)


def put_in_order(items):
    """Sort tests by module, the longest first; those of a module keep their order."""
    sizes = Counter(module_of(item) for item in items)
    items.sort(key=lambda item: place(module_of(item), sizes))


def module_of(item):
    return item.nodeid.partition("::")[0]


def place(module, sizes):
    ranks = [rank for rank, start in enumerate(FIRST) if module.startswith(start)]
    return (ranks or [len(FIRST)])[0], -sizes[module], module
