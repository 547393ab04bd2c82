"""The year on one screen, the years of a program, the figures of a municipality."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import fiscal
from core.errors import NotFound
from core.filters import FIRST_YEAR
from core.forms import DayForm
from core.programs import ProgramConfig
from core.spreadsheets.exports import Sheet, sheet_response, workbook_response
from dashboard import contributions, exports, pages
from dashboard.book import Book, breakdowns
from dashboard.contributions import Place
from dashboard.figures import Figure
from dashboard.indicators import WHOLE, By, Indicator, Moment
from dashboard.models import AnnualFigure
from dashboard.workbook import year_sheets
from municipalities.models import Municipality
from municipalities.prefectures import PREFECTURES

MUNICIPALITY_YEARS = 5
YEAR_DIGITS = 4


@permission_required(pages.PAGE, raise_exception=True)
def dashboard(request: HttpRequest) -> HttpResponseBase:
    """Show the year on one screen."""
    year = _year(request)
    other = _other_year(request, year)
    if request.GET.get("export") == exports.WORKBOOK:
        return _workbook(request, year)
    of_year = Q(fiscal_year=year) & ~Q(breakdown__startswith="municipality=")
    since = min(year - 1, other)
    book = _book(request, only=Q(breakdown=WHOLE) | of_year, since=since)
    cards = pages.year_cards(book, year, other)
    if kind := _export(request):
        cells = [cell for card in cards for cell in card.cells]
        parts = [one for c in cells for part in c.parts for one in part.figures]
        figures = [cell.figure for cell in cells if cell.figure]
        drawings = [card.drawing for card in cards if card.drawing]
        sheet = _chart(request, drawings)
        if sheet is None:
            sheet = exports.figures_sheet([*figures, *parts], fiscal.label(year))
        return sheet_response(request, kind, sheet)
    context = {"cards": cards, "closing": book.closings.get(year)}
    context |= _year_choice(book, year, other)
    return render(request, "dashboard/dashboard.html", context)


@permission_required(pages.PAGE, raise_exception=True)
def program(request: HttpRequest, program: str) -> HttpResponseBase:
    """Show all years of a program, and the parts of one."""
    config = _program(program)
    own = [i for i in pages.indicators_for(request.user) if i.app_label == program]
    if not own:
        raise PermissionDenied
    year = _year(request)
    other = _other_year(request, year)
    only = Q(breakdown=WHOLE) | Q(fiscal_year=year)
    book = _book(request, own, only=only, since=min(year, other))
    columns = [pages.Column(i, pages.read_series(book, i)) for i in own]
    years = pages.years_table(columns, year)
    choices, by = _breakdown(request, own)
    prefecture = _prefecture(request) if by == "municipality" else ""
    parts = _parts(request, book, columns, by, year, prefecture) if by else None
    context = {
        "program": config,
        "columns": columns,
        "years": years,
        "parts": parts,
        "choices": choices,
        "by": by,
        "prefecture": prefecture,
        "noted": [*years.noted, *(parts.noted if parts else [])],
        "drawings": pages.drawings(columns, year, book.running),
        "cells": [pages.year_cell(book, i, year, other) for i in own],
        "other": other,
    }
    if kind := _export(request):
        return sheet_response(request, kind, _program_sheet(request, context, year))
    context |= _year_choice(book, year, other) | _contributions(request, program, year)
    return render(request, "dashboard/program.html", context)


def _contributions(request: HttpRequest, program: str, year: int) -> dict[str, Any]:
    """Return what the program adds beside its figures, as of a day within the year."""
    own = [
        one
        for one in contributions.registry.of(program, Place.PROGRAM)
        if request.user.has_perm(one.permission)
    ]
    if not own:
        return {}
    moment = Moment.of(year, fiscal.local_date())
    written = {"on": request.GET.get("on") or date_format(moment.as_of)}
    form = DayForm(written)
    day = form.cleaned_data["on"] if form.is_valid() else moment.as_of
    found = [(one, one.data(Moment(year, day))) for one in own]
    return {"day_form": form, "day": day, "contributions": found}


def _program_sheet(request: HttpRequest, context: dict[str, Any], year: int) -> Sheet:
    """Return the table of the page that was asked for; without a name that of years."""
    if chart := _chart(request, context["drawings"]):
        return chart
    title = str(context["program"].verbose_name)
    table = request.GET.get("table", "years")
    if table == "compared":
        return exports.compared_sheet(context["cells"], year, context["other"], title)
    if table == "parts":
        if context["parts"] is None:
            raise Http404
        label = str(context["choices"][context["by"]].label)
        title = f"{title} {fiscal.label(year)} {label}"
        return exports.parts_sheet(context["parts"], label, title)
    if table != "years":
        raise Http404
    return exports.years_sheet(context["years"], title)


def _chart(request: HttpRequest, drawings: Iterable[pages.Drawing]) -> Sheet | None:
    """Return the numbers of a chart; None where another table is asked for."""
    if request.GET.get("table") != "chart":
        return None
    for drawing in drawings:
        if drawing.indicator.key == request.GET.get("of"):
            return exports.chart_sheet(drawing)
    raise Http404


def _workbook(request: HttpRequest, year: int) -> HttpResponseBase:
    """Return the whole year as one workbook."""
    stored = AnnualFigure.objects.visible_to(request.user)
    own = pages.indicators_for(request.user)
    sheets = year_sheets(year, own, stored, fiscal.local_date())
    return workbook_response(sheets, fiscal.label(year))


@permission_required("municipalities.view_municipality", raise_exception=True)
def municipality(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show the desks of one municipality, and every figure of the last years."""
    places = Municipality.objects.visible_to(request.user)
    place = get_object_or_404(places, code=code)
    year = _year(request)
    own = [
        indicator
        for indicator in pages.indicators_for(request.user)
        if "municipality" in breakdowns(indicator)
    ]
    years = range(year, max(year - MUNICIPALITY_YEARS, FIRST_YEAR - 1), -1)
    book = _book(
        request,
        own,
        only=Q(breakdown=WHOLE) | Q(breakdown=f"municipality={code}"),
        within=("municipality", code),
        since=years[-1],
    )
    table = _municipality_rows(book, own, code, years)
    found = [f for _indicator, figures in table for f in figures or () if f]
    if kind := _export(request):
        sheet = exports.place_sheet(table, years, str(place))
        return sheet_response(request, kind, sheet)
    noted = [figure for figure in found if figure.has_notes]
    context = {"place": place, "table": table, "years": years, "noted": noted}
    context["desks"] = place.desks.visible_to(request.user).filter(is_active=True)
    context |= _year_choice(book, year)
    return render(request, "dashboard/municipality.html", context)


def _municipality_rows(
    book: Book, indicators: Iterable[Indicator], code: str, years: range
) -> list[tuple[Indicator, list[Figure | None] | None]]:
    """Return (indicator, figures by year); None instead where it failed."""
    found = []
    for indicator in indicators:
        series = pages.read_series(book, indicator, "municipality", years)
        figures = None
        if series is not None:
            figures = [series.get((year, code)) for year in years]
        found.append((indicator, figures))
    return found


def _breakdown(
    request: HttpRequest, indicators: Iterable[Indicator]
) -> tuple[dict[str, By], str]:
    """Return the breakdowns there are, and the one asked for, else the first."""
    choices = pages.breakdown_choices(indicators)
    by = request.GET.get("by") or next(iter(choices), "")
    if by and by not in choices:
        raise Http404
    return choices, by


def _parts(
    request: HttpRequest,
    book: Book,
    wholes: list[pages.Column],
    by: str,
    year: int,
    prefecture: str,
) -> pages.Table:
    """Return the table of the parts of one year, within one prefecture if given."""
    wholes = [column for column in wholes if by in breakdowns(column.indicator)]
    if prefecture:
        inside = Q(fiscal_year=year, breakdown__startswith=f"municipality={prefecture}")
        book = _book(
            request,
            book.indicators,
            only=Q(breakdown=WHOLE) | inside,
            within=("prefecture", prefecture),
            since=year,
        )
    shown = [column.indicator for column in wholes]
    columns = [pages.Column(i, pages.read_series(book, i, by, [year])) for i in shown]
    return pages.parts_table(columns, [] if prefecture else wholes, by, year)


def _book(
    request: HttpRequest, indicators: Iterable[Indicator] | None = None, **limits: Any
) -> Book:
    if indicators is None:
        indicators = pages.indicators_for(request.user)
    stored = AnnualFigure.objects.visible_to(request.user)
    return Book(indicators, stored, today=fiscal.local_date(), **limits)


def _year(request: HttpRequest, name: str = "year", default: int | None = None) -> int:
    """Return the year asked for, else `default`, else the running one.

    Raises NotFound, which says which years there are.
    """
    running = fiscal.current_year()
    written = request.GET.get(name, "")
    if not written:
        return running if default is None else default
    is_year = written.isdecimal() and len(written) <= YEAR_DIGITS
    if is_year and FIRST_YEAR <= int(written) <= running:
        return int(written)
    why = _("There are figures from %(first)s to %(last)s. Choose one of these years.")
    first, last = fiscal.label(FIRST_YEAR), fiscal.label(running)
    raise NotFound(why % {"first": first, "last": last})


def _other_year(request: HttpRequest, year: int) -> int:
    """Return the year to compare with: the one before, too where both are the same."""
    before = max(year - 1, FIRST_YEAR)
    other = _year(request, "with", default=before)
    return before if other == year else other


def _year_choice(book: Book, year: int, other: int | None = None) -> dict[str, Any]:
    """Return the context of the year chooser; `other` is compared with the year."""
    first = min(book.first_year, year, other or year)
    return {
        "year": year,
        "other": other,
        "year_choices": range(book.running, first - 1, -1),
        "year_before": year - 1 if year > FIRST_YEAR else None,
        "year_after": year + 1 if year < book.running else None,
        "running": book.running,
        "is_running": year == book.running,
        "today": book.today,
    }


def _export(request: HttpRequest) -> str:
    """Return the kind of file asked for, empty for the page; else raise Http404."""
    kind = request.GET.get("export", "")
    if kind and kind not in exports.KINDS:
        raise Http404
    return kind


def _prefecture(request: HttpRequest) -> str:
    code = request.GET.get("prefecture", "")
    if code and code not in {f"{i:02}" for i in range(1, len(PREFECTURES) + 1)}:
        raise Http404
    return code


def _program(label: str) -> ProgramConfig:
    config = apps.app_configs.get(label)
    if not isinstance(config, ProgramConfig):
        raise Http404
    return config
