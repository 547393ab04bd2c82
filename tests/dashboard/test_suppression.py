"""No cell of one or two people is shown in public, nor can it be computed."""

import random
from decimal import Decimal
from itertools import product

import pytest

from dashboard.suppression import hidden_parts, is_small


def table(*values, whole=None):
    parts = {str(i): None if v is None else Decimal(v) for i, v in enumerate(values)}
    known = [value for value in parts.values() if value is not None]
    return Decimal(sum(known) if whole is None else whole), parts


def hidden(*values, whole=None, adds_up=True):
    found = hidden_parts(*table(*values, whole=whole), adds_up=adds_up)
    return None if found is None else {int(key) for key in found}


@pytest.mark.parametrize(
    ("value", "expected"), [(0, False), (1, True), (2, True), (3, False), (None, False)]
)
def test_one_and_two_people_are_few_and_nobody_is_not(value, expected):
    assert is_small(None if value is None else Decimal(value)) is expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((81, 34, 12), set()),
        ((0, 34, 12), set()),
        # The smallest other part is hidden with the small one.
        ((81, 34, 1), {1, 2}),
        # Two ones would be known by their sum of two; one and two are not.
        ((1, 1, 30), {0, 1, 2}),
        ((1, 2, 30), {0, 1}),
        ((2, 2, 30), {0, 1, 2}),
        # 1 + 3 = 4 leaves no doubt, and nothing else is there to hide.
        ((1, 3), None),
        ((1, 1), None),
        ((2, 0), None),
        ((1, 3, 9), {0, 1, 2}),
        # Not known is not zero, and nothing is taken off for it.
        ((1, None, 30, 40), {0, 2}),
    ],
)
def test_so_many_parts_are_hidden_that_doubt_is_left(values, expected):
    assert hidden(*values) == expected


def test_small_whole_is_hidden_with_all_its_parts():
    assert hidden(1, 1) is None
    assert hidden(2, 0, 0) is None


def test_parts_that_do_not_sum_to_the_whole_are_hidden_together():
    assert hidden(1, 5, 30, whole=40) == {0, 1, 2}
    assert hidden(4, 5, 30, whole=40) == set()


def test_overlapping_parts_are_hidden_alone_where_others_may_count_twice():
    assert hidden(1, 20, 30, whole=40, adds_up=False) == {0}
    # 8 people in 6 + 2: without an overlap the hidden part must be two.
    assert hidden(2, 6, whole=8, adds_up=False) == {0, 1}
    assert hidden(2, 3, whole=3, adds_up=False) is not None


def possible(shown, whole, adds_up):
    """Return the values each hidden cell may have, given all that is shown.

    shown: a number, or the range of numbers that a mark stands for.
    """
    ranges = [cell if isinstance(cell, range) else (cell,) for cell in shown]
    found = [set() for _ in shown]
    for values in product(*ranges):
        if sum(values) == whole if adds_up else sum(values) >= whole >= max(values):
            for seen, value in zip(found, values, strict=True):
                seen.add(value)
    return found


@pytest.mark.parametrize("adds_up", [True, False], ids=["adds up", "overlaps"])
def test_subtraction_recovers_no_cell_of_a_thousand_tables(adds_up):
    chance = random.Random(2016)  # noqa: S311 - a fixed seed, for a test
    attacked = 0
    for _ in range(1000):
        values = [chance.choice((0, 1, 2, 2, 3, 4, 5, 7, 9)) for _ in range(4)]
        whole = sum(values)
        if not adds_up:
            whole = chance.randint(max(values), whole)
        found = hidden(*values, whole=whole, adds_up=adds_up)
        if not found:
            # Nothing small is shown; or the whole figure is hidden.
            assert found is None or not any(is_small(Decimal(v)) for v in values)
            continue
        attacked += 1
        rest = [v for i, v in enumerate(values) if i not in found and v > 2]
        # The attacker knows the rule, too: the smallest others were hidden first.
        most = min([*rest, whole])
        few = [is_small(Decimal(value)) for value in values]
        marks = [range(1, 3) if is_few else range(3, whole + 1) for is_few in few]
        for knows_rule in (False, True):
            if knows_rule:
                marks = [
                    range(1, 3) if is_few else range(3, most + 1) for is_few in few
                ]
            shown = [marks[i] if i in found else v for i, v in enumerate(values)]
            for i, seen in enumerate(possible(shown, whole, adds_up)):
                if i in found and (few[i] or not knows_rule):
                    assert len(seen) > 1, (values, whole, found, i)
    assert attacked > 300
