"""The annual report as a workbook or CSV, for those who set it in another program."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.spreadsheets.exports import (
    KINDS,
    Sheet,
    sheet_response,
    workbook_response,
)

from .documents import Document
from .figures import Status, plain_number, rounded


def tables(document: Document, sha256: str = "") -> list[Sheet]:
    """Return a table per program as the report prints it, and one of definitions.

    sha256: that of the published version; empty for a draft. Call it in Japanese.
    """
    header = _header(document)
    found = [
        Sheet(section["title"], header, [*_rows(document, section)])
        for section in document["sections"]
        if section["figures"]
    ]
    return [*found, _definitions(document, sha256)]


def one_table(document: Document) -> Sheet:
    """Return all tables of the report as one, with a column for the program."""
    header = [pgettext("figure", "Program"), *_header(document)]
    rows = [
        [section["title"], *row]
        for section in document["sections"]
        for row in _rows(document, section)
    ]
    return Sheet(document["title"], header, rows)


def _header(document: Document) -> list[str]:
    return [
        pgettext("figure", "Figure"),
        pgettext("figure", "Part"),
        pgettext("figure", "Unit"),
        *(year["label"] for year in document["years"]),
        pgettext("figure", "Note"),
    ]


def _rows(document: Document, section: Document) -> Iterator[list[Any]]:
    notes = {note["number"]: note["text"] for note in section["notes"]}
    for figure in section["figures"]:
        yield from _row(document, figure, figure, "", notes)
        for by in figure["breakdowns"]:
            for row in by["rows"]:
                part = f"{by['label']}: {row['label']}"
                yield from _row(document, figure, row, part, notes)


def _row(
    document: Document, figure: Document, row: Document, part: str, notes: Document
) -> Iterator[list[Any]]:
    """Yield the row of a figure or part; for a ratio also those of its two parts."""
    cells = row["cells"]
    said = [
        f"{year['label']}: {_said(cell, notes)}"
        for year, cell in zip(document["years"], cells, strict=True)
        if cell
    ]
    numbers = [_number(cell, "value", figure["decimals"]) for cell in cells]
    yield [figure["label"], part, figure["unit"], *numbers, "\n".join(said)]
    if any(cell and "numerator" in cell for cell in cells):
        for name, label in (
            ("numerator", pgettext("figure", "Numerator")),
            ("denominator", pgettext("figure", "Denominator")),
        ):
            numbers = [_number(cell, name) for cell in cells]
            yield [figure["label"], f"{part} {label}".strip(), "", *numbers, ""]


def _said(cell: Document, notes: Document) -> str:
    """Return status, day and footnotes of a cell in one line."""
    said = [str(Status(cell["status"]).label)]
    if cell["as_of"]:
        said.append(_("as of %(day)s") % {"day": cell["as_of"]})
    return " / ".join([*said, *(notes[number] for number in cell["notes"])])


def _number(cell: Document | None, name: str, decimals: int | None = None) -> Any:
    """Return a number of a cell, rounded as the report shows it; None without."""
    if cell is None or name not in cell:
        return None
    exact = Decimal(cell[name])
    return plain_number(exact if decimals is None else rounded(exact, decimals))


def _definitions(document: Document, sha256: str) -> Sheet:
    rows = [
        [section["title"], f["label"], f["unit"], f["definition"], f["indicator"]]
        for section in document["sections"]
        for f in section["figures"]
    ]
    rows += [
        ["", closing["label"], "", _closed(closing), closing["sha256"]]
        for closing in document["closings"]
    ]
    if sha256:
        rows.append(["", document["title"], "", "SHA-256", sha256])
    header = [
        pgettext("figure", "Program"),
        pgettext("figure", "Figure"),
        pgettext("figure", "Unit"),
        pgettext("figure", "Definition"),
        pgettext("figure", "Key"),
    ]
    return Sheet(pgettext("figure", "Definitions"), header, rows)


def _closed(closing: Document) -> str:
    words = {"version": closing["version"], "day": closing["closed_on"]}
    return _("Closed on %(day)s, version %(version)s. SHA-256:") % words


def export_document(
    request: HttpRequest, document: Document, kind: str, sha256: str
) -> HttpResponseBase:
    """Return the tables as a workbook or as one CSV, in Japanese; see `tables()`.

    Raises Http404 for another `kind` than those of `core.spreadsheets.exports`.
    """
    if kind not in KINDS:
        raise Http404
    with translation.override(settings.LANGUAGE_CODE):
        if kind == "xlsx":
            return workbook_response(tables(document, sha256), document["title"])
        return sheet_response(request, kind, one_table(document))
