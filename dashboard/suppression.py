"""What readers without sign-in see of a published report: no cell of one or two people.

Such a cell is shown as 「3未満」; further cells are hidden (非公表) until none of the
first can be computed from what is shown, nor from knowing how they were chosen.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from decimal import Decimal
from itertools import chain

from django.conf import settings
from django.utils import translation
from django.utils.translation import pgettext

from . import contributions
from .documents import Document, with_notes_in_use

# People are so few up to here.
FEW = 2
SMALL, WITHHELD = "small", "withheld"
# What may still stand below figures of people: it holds no number.
HARMLESS = ("source", "break")


def is_small(value: Decimal | None) -> bool:
    """Tell whether a number of people may not be shown; zero and missing may."""
    return value is not None and 0 < value <= FEW


# One table ----------------------------------------------------------------------------


def hidden_parts(
    whole: Decimal | None, parts: Mapping[str, Decimal | None], *, adds_up: bool = True
) -> set[str] | None:
    """Return the keys of the parts to hide; None when the whole has to be hidden too.

    The small ones, and the smallest others until every hidden part may have at least
    two values. `adds_up` is False where somebody may count in several parts, but
    counts in one at least.
    """
    known = {key: value for key, value in parts.items() if value is not None}
    small = {key for key, value in known.items() if is_small(value)}
    if is_small(whole):
        return None
    if not small or (whole is None and not adds_up):
        return small
    total = sum(known.values())
    if whole is None:
        whole = total
    if adds_up and total != whole:
        return set(known)
    others = sorted((v, key) for key, v in known.items() if v > FEW)
    for count in range(len(others) + 1):
        rest = [value for value, _key in others[count:]]
        if adds_up:
            remainder = whole - sum(rest)
            least = _leaves_doubt(len(small), count, remainder, rest)
        else:
            least = _leaves_doubt_about_people(len(small), count, whole, rest)
        if least:
            return small | {key for _value, key in others[:count]}
    return None


def _leaves_doubt(
    few: int, others: int, remainder: Decimal, rest: list[Decimal]
) -> bool:
    """Tell whether each hidden part may have two values when together they make this.

    few: how many are 1 or 2; others: how many are 3 or more and, because the smallest
    go first, no larger than what is left to see.
    """
    if not others:
        return few < remainder < FEW * few
    above_least = remainder > few + (FEW + 1) * others
    below_most = not rest or remainder < FEW * few + others * rest[0]
    return above_least and below_most


def _leaves_doubt_about_people(
    few: int, others: int, whole: Decimal, rest: list[Decimal]
) -> bool:
    """Tell the same of parts that overlap: together they are at least the whole."""
    most_of_each = min(rest[0], whole) if rest else whole
    at_most = sum(rest) + FEW * few + others * most_of_each
    return at_most > whole


# One figure in one year ---------------------------------------------------------------


class _Year:
    """A figure of people in one year: its cells, and which of them are hidden."""

    def __init__(self, figure: Document, position: int) -> None:
        self.figure = figure
        self.whole = _value(figure["cells"][position])
        self.parts = {
            by["by"]: {row["key"]: _value(row["cells"][position]) for row in by["rows"]}
            for by in figure["breakdowns"]
        }
        self.marks: dict[tuple[str, str], str] = {}
        for by in figure["breakdowns"]:
            found = hidden_parts(
                self.whole, self.parts[by["by"]], adds_up=by["adds_up"]
            )
            if found is None:
                self.withhold_all()
                return
            for key in found:
                small = is_small(self.parts[by["by"]][key])
                self.marks[by["by"], key] = SMALL if small else WITHHELD
        if is_small(self.whole):
            self.withhold_all()

    def withhold_all(self) -> None:
        """Hide the whole and every part; only of a small whole it is said to be so."""
        for by in self.parts:
            self.withhold(by)
        self.marks["", ""] = SMALL if is_small(self.whole) else WITHHELD

    def withhold(self, by: str) -> None:
        """Hide every part of a breakdown, also those that are zero."""
        self.marks |= {(by, key): WITHHELD for key in self.parts[by]}

    def hides(self, by: str) -> bool:
        """Tell whether a part of a breakdown is hidden; empty: whether the whole is."""
        return any(one == by for one, _key in self.marks)

    def withhold_determined(self) -> None:
        """Hide what would add up hidden parts: the prefecture of a hidden hub."""
        for by in self.figure["breakdowns"]:
            if self.hides(by["by"]):
                for coarser in by["determines"]:
                    if coarser in self.parts:
                        self.withhold(coarser)

    def guard(self, part: "_Year") -> None:
        """Hide what, together with a figure that is part of this one, tells too much.

        The difference of the two counts people as well, and a hidden number is known
        where nothing lies between it and one that is shown.
        """
        if self.hides("") or part.hides("") or _few_between(self.whole, part.whole):
            self.withhold_all()
            return
        for by in self.parts.keys() & part.parts.keys():
            mine, other = self.parts[by], part.parts[by]
            is_close = any(
                _few_between(mine.get(key) or Decimal(0), other.get(key) or Decimal(0))
                for key in mine.keys() | other.keys()
            )
            if is_close or self.hides(by) or part.hides(by):
                self.withhold(by)


def _value(cell: Document | None) -> Decimal | None:
    return Decimal(cell["value"]) if cell else None


def _few_between(one: Decimal | None, other: Decimal | None) -> bool:
    return one is not None and other is not None and is_small(abs(one - other))


# The document -------------------------------------------------------------------------


def public(document: Document) -> Document:
    """Return the report as readers without sign-in may see it.

    Figures of people lose all footnotes but sources and breaks, because notes,
    corrections and former values may tell what is hidden; ratios of people are hidden
    where they would; contributions say themselves what is still public. The names of
    those who closed the years are left out.
    """
    document = deepcopy(document)
    with translation.override(settings.LANGUAGE_CODE):
        for position in range(len(document["years"])):
            _hide(document, position)
    for section in document["sections"]:
        section["contributions"] = list(_public_contributions(section))
    sections = [
        with_notes_in_use(section)
        for section in document["sections"]
        if section["figures"] or section["contributions"]
    ]
    closings = [
        {name: value for name, value in closing.items() if name != "closed_by"}
        for closing in document["closings"]
    ]
    return document | {"sections": sections, "closings": closings, "is_public": True}


def _public_contributions(section: Document) -> Iterator[Document]:
    for one in section["contributions"]:
        known = contributions.registry.get(one["key"])
        if known and known.public and (data := known.public(one["data"])):
            yield one | {"data": dict(data)}


def _hide(document: Document, position: int) -> None:
    """Hide what must be hidden of one year, in place."""
    figures = [f for section in document["sections"] for f in section["figures"]]
    people = [f for f in figures if f["counts_people"]]
    years = {f["indicator"]: _Year(f, position) for f in people if not f["ratio_of"]}
    _withhold_determined(years)
    for year in years.values():
        larger = years.get(year.figure["part_of"])
        if larger and larger is not year:
            larger.guard(year)
    _withhold_determined(years)
    harmless = {
        (id(section), note["number"])
        for section in document["sections"]
        for note in section["notes"]
        if note["kind"] in HARMLESS
    }
    for section in document["sections"]:
        for figure in section["figures"]:
            if figure["counts_people"]:
                marks = _marks(figure, years, position)
                allowed = {n for owner, n in harmless if owner == id(section)}
                _write(figure, position, marks, allowed)


def _withhold_determined(years: Mapping[str, _Year]) -> None:
    for year in years.values():
        year.withhold_determined()


def _marks(
    figure: Document, years: Mapping[str, _Year], position: int
) -> dict[tuple[str, str], str]:
    """Return which cells of a figure are hidden; of a ratio all or none."""
    if not figure["ratio_of"]:
        return years[figure["indicator"]].marks
    cells = [(place, row["cells"][position]) for place, row in _rows(figure)]
    tells = any(years[key].marks for key in figure["ratio_of"] if key in years)
    for cell in (cell for _place, cell in cells if cell):
        over = Decimal(cell.get("numerator", cell["value"]))
        under = Decimal(cell.get("denominator", cell["value"]))
        tells = tells or is_small(over) or is_small(under) or _few_between(over, under)
    return {place: WITHHELD for place, _cell in cells} if tells else {}


def _rows(figure: Document) -> Iterator[tuple[tuple[str, str], Document]]:
    """Yield ((breakdown, key), row) of the whole and of every part."""
    parts = (
        ((by["by"], row["key"]), row)
        for by in figure["breakdowns"]
        for row in by["rows"]
    )
    return chain([(("", ""), figure)], parts)


def _write(
    figure: Document,
    position: int,
    marks: Mapping[tuple[str, str], str],
    allowed: set[int],
) -> None:
    for place, row in _rows(figure):
        if not (cell := row["cells"][position]):
            continue
        cell["notes"] = [number for number in cell["notes"] if number in allowed]
        if mark := marks.get(place):
            row["cells"][position] = {
                "hidden": mark,
                "text": _shown(mark),
                "status": cell["status"],
                "as_of": "",
                "is_break": cell["is_break"],
                "notes": cell["notes"],
            }


def _shown(mark: str) -> str:
    if mark == SMALL:
        return pgettext("number of people", "below 3")
    return pgettext("number of people", "not public")
