"""In a whole report: figures that tell of each other, notes, charts, contributions."""

import random
from itertools import product

import pytest
from django.utils import translation
from django.utils.translation import pgettext

from dashboard.contributions import Contribution, Place, registry
from dashboard.report_pages import present
from dashboard.suppression import public
from tests.dashboard.documents import breakdown, cell, document, figure, shown

with translation.override("ja"):
    FEW = pgettext("number of people", "below 3")
    HIDDEN = pgettext("number of people", "not public")


def test_small_cells_and_what_would_tell_them_are_marked():
    report = public(
        document(figure("a.one", 116, breakdown("channel", x=81, y=34, z=1)))
    )
    assert shown(report) == {
        ("", ""): "116",
        ("channel", "x"): "81",
        ("channel", "y"): HIDDEN,
        ("channel", "z"): FEW,
    }
    assert "value" not in str(
        report["sections"][0]["figures"][0]["breakdowns"][0]["rows"][2]
    )


def test_nothing_is_hidden_where_no_people_are_counted():
    visits = figure("a.one", 2, breakdown("channel", x=1, y=1), counts_people=False)
    assert set(shown(public(document(visits))).values()) == {"2", "1"}


def test_whole_that_one_breakdown_hides_is_hidden_in_all():
    report = public(
        document(
            figure("a.one", 4, breakdown("channel", x=1, y=3), breakdown("area", z=4))
        )
    )
    assert set(shown(report).values()) == {HIDDEN}


def test_small_whole_tells_nothing_of_its_parts():
    report = public(document(figure("a.one", 2, breakdown("channel", x=2, y=0))))
    assert shown(report) == {
        ("", ""): FEW,
        ("channel", "x"): HIDDEN,
        ("channel", "y"): HIDDEN,
    }


def test_prefecture_of_a_hidden_hub_is_hidden():
    hubs = breakdown("hub", determines=["prefecture"], a=2, b=9, c=4, d=30)
    areas = breakdown("prefecture", north=11, south=34)
    report = public(document(figure("a.one", 45, hubs, areas)))
    assert shown(report)["hub", "d"] == "30"
    assert shown(report)["prefecture", "north"] == HIDDEN
    hubs["rows"][0]["cells"] = [cell(3)]
    report = public(document(figure("a.one", 46, hubs, areas)))
    assert shown(report)["prefecture", "north"] == "11"


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        # Two people were not passed on: the difference is hidden with the larger one.
        (
            (10, 10),
            (12, 10),
            {("", ""): HIDDEN, ("by", "a"): HIDDEN, ("by", "b"): HIDDEN},
        ),
        # One in a part only.
        (
            (10, 10),
            (11, 14),
            {("", ""): "25", ("by", "a"): HIDDEN, ("by", "b"): HIDDEN},
        ),
        ((10, 10), (13, 14), {("", ""): "27", ("by", "a"): "13", ("by", "b"): "14"}),
        # All 33 of the larger one are in the smaller one, so that 2 are left of 35.
        ((2, 33, 81), (5, 33, 81), {("", ""): "119", ("by", "b"): HIDDEN}),
        # Both are the same, and one hides a part: the other would tell it.
        ((10, 2, 9), (10, 2, 9), {("", ""): "21", ("by", "a"): HIDDEN}),
    ],
)
def test_larger_figure_does_not_tell_what_the_smaller_hides(part, whole, expected):
    report = public(pair(part, whole))
    found = shown(report, 1)
    assert {place: found[place] for place in expected} == expected


def pair(part, whole):
    names = "abc"[: len(part)]
    inner = breakdown("by", **dict(zip(names, part, strict=True)))
    outer = breakdown("by", **dict(zip(names, whole, strict=True)))
    return document(
        figure("a.part", sum(part), inner, part_of="a.whole"),
        figure("a.whole", sum(whole), outer),
    )


def test_two_nested_figures_together_recover_no_small_cell():
    chance = random.Random(116)  # noqa: S311 - a fixed seed, for a test
    attacked = 0
    for _ in range(60):
        part = [chance.randint(0, 5) for _ in range(3)]
        whole = [value + chance.choice((0, 0, 0, 1, 2, 3)) for value in part]
        report = public(pair(part, whole))
        cells = [shown(report, n) for n in (0, 1)]
        truth = [*part, *whole, *(b - a for a, b in zip(part, whole, strict=True))]
        for position, seen in enumerate(all_that_fits(cells)):
            if 0 < truth[position] < 3:
                attacked += 1
                assert len(seen) > 1, (part, whole, position)
    assert attacked > 100


def all_that_fits(cells):
    """Return the values that the parts of both, and their differences, may have."""
    ranges = [options(c["by", key]) for c in cells for key in "abc"]
    found = [set() for _ in range(9)]
    for values in product(*ranges):
        inner, outer = values[:3], values[3:]
        between = tuple(b - a for a, b in zip(inner, outer, strict=True))
        fits = min(between) >= 0 and all(
            sum(side) in options(c["", ""], most=30)
            for side, c in zip((inner, outer), cells, strict=True)
        )
        if fits:
            for seen, value in zip(found, (*values, *between), strict=True):
                seen.add(value)
    return found


def options(text, most=8):
    if text == FEW:
        return range(1, 3)
    return range(most + 1) if text == HIDDEN else [int(text)]


def test_ratio_of_people_is_hidden_with_its_parts():
    rate = cell("50", numerator="1", denominator="20", parts="1/20")
    helped = figure("a.one", 20, breakdown("by", x=2, y=9, z=9))
    report = public(
        document(helped, figure("a.rate", rate, ratio_of=["a.one", "a.two"]))
    )
    assert shown(report, 1) == {("", ""): HIDDEN}
    rate = cell("5", numerator="1", denominator="20", parts="1/20")
    report = public(document(figure("a.rate", rate, ratio_of=["a.one", "a.two"])))
    assert shown(report) == {("", ""): HIDDEN}
    rate = cell("50", numerator="10", denominator="20", parts="10/20")
    report = public(document(figure("a.rate", rate, ratio_of=["a.one", "a.two"])))
    assert shown(report) == {("", ""): "50"}


def test_footnotes_of_people_keep_sources_only():
    notes = [(1, "note", "うち1人は転居"), (2, "source", "出典"), (3, "value", "1")]
    hidden, plain = cell(2, [1, 2, 3]), cell(40, [1, 3])
    visits = figure("a.visits", plain, counts_people=False)
    report = public(document(figure("a.one", hidden), visits, notes=notes))
    section = report["sections"][0]
    (first,), (second,) = (f["cells"] for f in section["figures"])
    texts = {note["number"]: note["text"] for note in section["notes"]}
    assert [texts[n] for n in first["notes"]] == ["出典"]
    assert [texts[n] for n in second["notes"]] == ["うち1人は転居", "1"]
    report = public(document(figure("a.one", hidden), notes=notes))
    assert [note["text"] for note in report["sections"][0]["notes"]] == ["出典"]


def test_no_chart_draws_a_number_of_people():
    years = [{"fiscal_year": y, "label": str(y)} for y in (2015, 2016)]
    people = figure("a.one", 30) | {"cells": [cell(30), cell(40)]}
    visits = people | {"indicator": "a.visits", "counts_people": False}
    report = document(people, visits, years=years)
    assert len(present(report, report["sections"][0]).drawings) == 2
    report = public(report)
    (drawing,) = present(report, report["sections"][0]).drawings
    assert drawing.chart.marks[1].point.value == 40


def test_contributions_say_what_is_public():
    def declare(key, show):
        return Contribution(
            key=f"alerts.{key}",
            label=key,
            template="none.html",
            data=lambda moment: {},
            permission="alerts.view_casestory",
            places=frozenset({Place.REPORT}),
            public=show,
        )

    added = [
        {"key": f"alerts.{key}", "label": key, "permission": "", "data": {"n": [1, 2]}}
        for key in ("open", "shut", "empty", "gone")
    ]
    with registry.override(
        declare("open", lambda data: {"n": data["n"][:1]}),
        declare("shut", None),
        declare("empty", lambda data: {}),
    ):
        report = public(document(figure("a.one", 9), contributions=added))
    assert [c["data"] for c in report["sections"][0]["contributions"]] == [{"n": [1]}]


def test_document_itself_stays_as_it_is_and_closers_are_not_named():
    closing = {"fiscal_year": 2016, "sha256": "ab", "closed_by": "架空 一郎"}
    report = document(figure("a.one", 2), closings=[closing])
    before = str(report)
    assert public(report)["closings"] == [{"fiscal_year": 2016, "sha256": "ab"}]
    assert str(report) == before
