"""Scales, ticks and places of labels."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts import (
    LARGE,
    SMALL,
    Point,
    bar_chart,
    labels_shown,
    line_chart,
    nice_step,
    scale_of,
    text_width,
)

amounts = st.decimals(min_value=0, max_value=10**9, places=1)


def points(*values, **options):
    return [
        Point(
            label=f"{2010 + i}年度",
            value=None if v is None else Decimal(v),
            text="" if v is None else str(v),
            **options,
        )
        for i, v in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("highest", "step"),
    [(161, 50), (4, 1), (1, "0.25"), (40710, 20000), (3_000_000, 1_000_000), (0, 1)],
)
def test_steps_are_round(highest, step):
    assert nice_step(Decimal(highest), 4) == Decimal(step)


@given(st.lists(amounts, max_size=20))
def test_scale_begins_at_zero_and_reaches_the_highest(values):
    scale = scale_of(values, 4)
    assert scale[0] == 0
    assert scale[-1] >= max(values, default=0)
    assert 2 <= len(scale) <= 5


@given(st.lists(st.none() | amounts, min_size=1, max_size=20))
@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_every_bar_stands_on_zero_inside_the_drawing(size, values):
    chart = bar_chart(points(*values), size)
    for mark in chart.marks:
        assert mark.y + mark.height == size.floor
        assert size.top - Decimal("0.1") <= mark.y <= size.floor
        assert size.left <= mark.x
        assert mark.x + mark.width <= size.end + Decimal("0.2")


def test_bars_are_as_high_as_their_values():
    low, high = bar_chart(points(50, 100), LARGE).marks
    assert high.height == 2 * low.height


def test_missing_year_is_a_gap_and_no_zero():
    chart = bar_chart(points(1, None, 0), LARGE)
    assert [mark.point.value for mark in chart.marks] == [1, None, 0]
    assert [mark.shows_value for mark in chart.marks] == [True, False, True]
    assert not chart.is_empty


def test_line_is_interrupted_by_a_gap_and_by_a_break():
    assert len(line_chart(points(1, 2, 3), LARGE).lines) == 1
    assert len(line_chart(points(1, 2, None, 3, 4), LARGE).lines) == 2
    broken = [*points(1, 2), *points(3, 4, is_break=True)[:1], *points(5)]
    assert len(line_chart(broken, LARGE).lines) == 2
    assert line_chart(points(1), LARGE).lines == ()


@pytest.mark.parametrize("values", [(), (5,), (7, 7, 7), (0, 0), (None, None)])
def test_single_equal_zero_and_no_values_are_drawn(values):
    for size in (SMALL, LARGE):
        assert len(bar_chart(points(*values), size).marks) == len(values)


def test_fixed_scale_reaches_a_hundred_per_cent():
    chart = line_chart(points(41.8, 65.3), LARGE, top=Decimal(100))
    assert [tick.value for tick in chart.ticks] == [0, 25, 50, 75, 100]


def test_japanese_letters_are_wider():
    assert text_width("2016年度") > text_width("2016")


def test_labels_never_overlap_and_the_chosen_one_is_there():
    chart = bar_chart(points(*range(1, 21)), SMALL)
    shown = [mark for mark in chart.marks if mark.shows_label]
    assert shown[-1].point.label == "2029年度"
    for left, right in zip(shown, shown[1:], strict=False):
        assert right.label_x - left.label_x > text_width(left.point.label)
    for mark in shown:
        half = text_width(mark.point.label) / 2
        assert half <= mark.label_x + Decimal("0.1")
        assert mark.label_x + half <= SMALL.width + Decimal("0.1")
    chosen = [Point(f"{2010 + i}年度", Decimal(1), is_chosen=i == 3) for i in range(20)]
    assert bar_chart(chosen, SMALL).marks[3].shows_label


def test_labels_with_room_are_all_shown():
    assert labels_shown(["2016年度"] * 3, [Decimal(x) for x in (0, 100, 200)]) == [
        True,
        True,
        True,
    ]
