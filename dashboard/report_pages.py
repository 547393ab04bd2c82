"""How a document of the annual report is shown: charts, and the page in Japanese."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString

from . import charts, contributions
from .documents import Document

# Three of them stand beside each other on A4.
SIZE = charts.Size(260, 110, top=18, right=6, bottom=18, left=6, ticks=0)
FEWEST_POINTS = 2


@dataclass(frozen=True)
class Drawing:
    """A small chart of one figure over the years of the report."""

    label: str
    unit: str
    chart: charts.Chart
    is_line: bool


@dataclass(frozen=True)
class Section:
    """A section as the page shows it: the data, its charts, what the program adds.

    contributions: (template, label, frozen data) of each that is still declared.
    """

    data: Document
    drawings: list[Drawing]
    contributions: list[tuple[str, str, Document]]


def render_document(document: Document, **context: Any) -> SafeString:
    """Return the report as HTML, in Japanese whatever the reader's language is.

    context: report (the published version, None for a draft), sha256, is_public.
    """
    with translation.override(settings.LANGUAGE_CODE):
        sections = [present(document, section) for section in document["sections"]]
        context = {"document": document, "sections": sections, **context}
        return render_to_string("dashboard/report_document.html", context)


def present(document: Document, section: Document) -> Section:
    """Return a section with what is drawn and rendered from its data. No query."""
    added = [
        (known.template, one["label"], one["data"])
        for one in section["contributions"]
        if (known := contributions.registry.get(one["key"]))
    ]
    return Section(section, [*_drawings(document, section)], added)


def _drawings(document: Document, section: Document) -> Iterator[Drawing]:
    """Yield the charts of the wholes; on the public page none of people.

    The height of a bar would tell what is hidden there.
    """
    for figure in section["figures"]:
        known = sum(cell is not None for cell in figure["cells"])
        is_hidden = document.get("is_public") and figure["counts_people"]
        if known < FEWEST_POINTS or is_hidden:
            continue
        points = [
            _point(year, cell, is_chosen=year is document["years"][-1])
            for year, cell in zip(document["years"], figure["cells"], strict=True)
        ]
        is_line = bool(figure["ratio_of"])
        if is_line:
            chart = charts.line_chart(points, SIZE, top=Decimal(100))
        else:
            chart = charts.bar_chart(points, SIZE)
        yield Drawing(figure["label"], figure["unit"], chart, is_line)


def _point(year: Document, cell: Document | None, *, is_chosen: bool) -> charts.Point:
    has_value = cell is not None and "value" in cell
    return charts.Point(
        label=str(year["fiscal_year"]),
        value=Decimal(cell["value"]) if has_value else None,
        text=cell["text"] if has_value else "",
        is_break=bool(cell and cell["is_break"]),
        is_chosen=is_chosen,
        is_provisional=bool(cell and cell["status"] == "provisional"),
    )
