"""Figures as files: one row per figure, with all that is known of it."""

from collections.abc import Iterable
from typing import Any

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import pgettext

from core.spreadsheets.exports import XLSX, csv_lines, write_xlsx

from .figures import Figure, plain_number, rounded

KINDS = ("csv", "xlsx")


def export_figures(
    figures: Iterable[Figure], kind: str, title: str
) -> HttpResponseBase:
    """Return the figures as CSV or Excel, as `kind` says; see `header()`."""
    rows = [spreadsheet_row(figure) for figure in figures]
    if kind == "csv":
        response: HttpResponseBase = StreamingHttpResponse(
            csv_lines([header()], rows), content_type="text/csv; charset=utf-8"
        )
    else:
        response = FileResponse(write_xlsx(title, header(), rows), content_type=XLSX)
    name = content_disposition_header(True, f"{title}.{kind}")
    response.headers["Content-Disposition"] = name
    return response


def header() -> list[str]:
    """Return the headings of a spreadsheet of figures."""
    return [
        pgettext("figure", "Fiscal year"),
        pgettext("figure", "Figure"),
        pgettext("figure", "Part"),
        pgettext("figure", "Value"),
        pgettext("figure", "Unit"),
        pgettext("figure", "Status"),
        pgettext("figure", "As of"),
        pgettext("figure", "From rows"),
        pgettext("figure", "Numerator"),
        pgettext("figure", "Denominator"),
        pgettext("figure", "Printed"),
        pgettext("figure", "Note"),
        pgettext("figure", "Source"),
        pgettext("figure", "Key"),
    ]


def spreadsheet_row(figure: Figure) -> list[Any]:
    """Return a figure as a row under `header()`."""
    decimals = figure.indicator.decimals
    numbers = (figure.value, figure.computed_value)
    value, computed = (None if n is None else rounded(n, decimals) for n in numbers)
    key = figure.indicator.key
    return [
        figure.fiscal_year,
        str(figure.indicator.label),
        figure.name,
        plain_number(value),
        str(figure.indicator.unit),
        str(figure.status.label),
        figure.as_of,
        plain_number(computed),
        plain_number(figure.amount.numerator),
        plain_number(figure.amount.denominator),
        figure.printed,
        "\n".join(figure.notes),
        figure.source,
        f"{key} {figure.breakdown}" if figure.breakdown else key,
    ]
