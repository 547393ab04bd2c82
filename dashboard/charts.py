"""Charts as plain numbers: scales, ticks and places of labels for the SVG templates.

Nothing here writes HTML. Lengths are units of the SVG's own view box; texts are taken
to be as wide as a Japanese system font makes them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import ceil

FONT_SIZE = 11
LABEL_GAP = 6
BAR_SHARE = Decimal("0.64")
NICE_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


@dataclass(frozen=True)
class Point:
    """What is to be drawn for one year; value None leaves a gap."""

    label: str
    value: Decimal | None
    text: str = ""
    is_break: bool = False
    is_chosen: bool = False
    is_provisional: bool = False
    has_note: bool = False


@dataclass(frozen=True)
class Size:
    """Width and height of the view box, and the margins around the drawing."""

    width: int
    height: int
    top: int = 18
    right: int = 8
    bottom: int = 20
    left: int = 8
    ticks: int = 4

    @property
    def plot_width(self) -> int:
        """The width between the margins."""
        return self.width - self.left - self.right

    @property
    def plot_height(self) -> int:
        """The height between the margins."""
        return self.height - self.top - self.bottom

    @property
    def floor(self) -> int:
        """Where zero lies."""
        return self.height - self.bottom

    @property
    def end(self) -> int:
        """Where the drawing ends on the right."""
        return self.width - self.right


SMALL = Size(184, 88, right=2, left=2, ticks=0)
LARGE = Size(380, 200, top=22, bottom=24, left=52)


@dataclass(frozen=True)
class Tick:
    """A line across the drawing and the number written beside it."""

    y: Decimal
    value: Decimal


@dataclass(frozen=True)
class Mark:
    """A drawn year: a bar from `y` down to the floor, or a dot at (`middle`, `y`).

    label_x: the middle of the label, moved inwards where it would leave the drawing.
    shows_value and shows_label tell whether the texts have room; the accessible name
    and the table beside the chart hold them all the same.
    """

    point: Point
    x: Decimal
    y: Decimal
    width: Decimal
    height: Decimal
    middle: Decimal
    label_x: Decimal
    shows_value: bool
    shows_label: bool


@dataclass(frozen=True)
class Chart:
    """A drawing: its marks, its ticks, and for a line the stretches without a gap."""

    size: Size
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]
    lines: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to draw."""
        return all(mark.point.value is None for mark in self.marks)


def nice_step(highest: Decimal, ticks: int) -> Decimal:
    """Return the round step with which at most `ticks` steps reach `highest`."""
    if highest <= 0 or ticks < 1:
        return Decimal(1)
    rough = highest / ticks
    power = Decimal(10) ** rough.adjusted()
    return next(step * power for step in NICE_STEPS if step * power >= rough)


def scale_of(values: Sequence[Decimal], ticks: int) -> list[Decimal]:
    """Return the values of the ticks, from zero to at least the highest value."""
    highest = max(values, default=Decimal(0))
    step = nice_step(highest, ticks)
    count = max(1, ceil(highest / step))
    return [step * i for i in range(count + 1)]


def text_width(text: str, size: int = FONT_SIZE) -> Decimal:
    """Return about how wide a text is drawn: full-width letters count double."""
    units = sum(Decimal("0.6") if char.isascii() else Decimal(1) for char in text)
    return units * size


def labels_shown(
    labels: Sequence[str], middles: Sequence[Decimal], chosen: int | None = None
) -> list[bool]:
    """Tell which labels have room beside each other.

    The chosen one goes first, then the newest, then every n-th counted back from the
    newest, so that the years shown lie at even distances.
    """
    shown = [False] * len(labels)
    order = [] if chosen is None else [chosen]
    for distance in range(1, len(labels) + 1):
        regular = list(range(len(labels) - 1, -1, -distance))
        if _fit(regular, labels, middles):
            order += regular
            break
    for i in order:
        taken = [j for j, is_shown in enumerate(shown) if is_shown]
        shown[i] = _fit(sorted({*taken, i}), labels, middles)
    return shown


def _fit(
    indexes: Sequence[int], labels: Sequence[str], middles: Sequence[Decimal]
) -> bool:
    return all(
        abs(middles[b] - middles[a])
        >= (text_width(labels[a]) + text_width(labels[b])) / 2 + LABEL_GAP
        for a, b in pairwise(indexes)
    )


def bar_chart(points: Sequence[Point], size: Size) -> Chart:
    """Return bars that stand on zero; a missing year is a gap."""
    return Chart(size, *_drawing(points, size))


def line_chart(
    points: Sequence[Point], size: Size, top: Decimal | None = None
) -> Chart:
    """Return dots and the lines between neighbouring years; `top` fixes the scale."""
    marks, ticks = _drawing(points, size, top)
    stretches: list[list[str]] = [[]]
    for mark in marks:
        if mark.point.value is None:
            stretches.append([])
            continue
        if mark.point.is_break:
            stretches.append([])
        stretches[-1].append(f"{mark.middle},{mark.y}")
    lines = tuple(" ".join(points) for points in stretches if len(points) > 1)
    return Chart(size, marks, ticks, lines)


def _drawing(
    points: Sequence[Point], size: Size, top: Decimal | None = None
) -> tuple[tuple[Mark, ...], tuple[Tick, ...]]:
    values = [point.value for point in points if point.value is not None]
    scale = scale_of(values if top is None else [top], size.ticks or 1)
    highest = scale[-1] if size.ticks else max([*values, top or Decimal(0)], default=0)

    def height_of(value: Decimal) -> Decimal:
        return _places(value / highest * size.plot_height) if highest else Decimal(0)

    slot = Decimal(size.plot_width) / max(len(points), 1)
    middles = [_places(size.left + slot * i + slot / 2) for i in range(len(points))]
    chosen = next((i for i, p in enumerate(points) if p.is_chosen), None)
    label_xs = [
        _inside(middle, text_width(point.label) / 2, size)
        for middle, point in zip(middles, points, strict=True)
    ]
    labels = labels_shown([point.label for point in points], label_xs, chosen)
    texts = labels_shown([point.text for point in points], middles, chosen)
    marks = []
    for i, point in enumerate(points):
        height = height_of(point.value or Decimal(0))
        marks.append(
            Mark(
                point=point,
                x=_places(middles[i] - slot * BAR_SHARE / 2),
                y=size.floor - height,
                width=_places(slot * BAR_SHARE),
                height=height,
                middle=middles[i],
                label_x=label_xs[i],
                shows_value=texts[i] and point.value is not None,
                shows_label=labels[i],
            )
        )
    ticks = tuple(Tick(size.floor - height_of(value), value) for value in scale)
    return tuple(marks), ticks if size.ticks else ()


def _inside(middle: Decimal, half: Decimal, size: Size) -> Decimal:
    """Return `middle`, moved so that a text of twice `half` stays in the drawing."""
    return _places(max(half, min(middle, size.width - half)))


def _places(length: Decimal) -> Decimal:
    return length.quantize(Decimal("0.1"))
