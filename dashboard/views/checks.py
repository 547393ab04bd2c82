"""The checks of a year: what is to be looked at before it is closed."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import (
    Http404,
    HttpRequest,
    HttpResponseBase,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core import fiscal
from core.filters import FIRST_YEAR
from core.forms import CountField
from core.spreadsheets.exports import Sheet, sheet_response
from dashboard import pages
from dashboard.checks import KEPT, Result, book_of, run
from dashboard.exports import KINDS

LARGEST_CHANGE = 10_000


class CheckForm(forms.Form):
    """Asks for the year, and from which change on a figure is looked at."""

    year = forms.TypedChoiceField(label=gettext_lazy("Fiscal year"), coerce=int)
    change = CountField(
        label=gettext_lazy("Change beyond (%)"),
        validators=[MinValueValidator(1), MaxValueValidator(LARGEST_CHANGE)],
    )

    def __init__(self, data: dict[str, Any], years: Iterable[int]) -> None:
        super().__init__(data)
        self.fields["year"].choices = [(one, fiscal.label(one)) for one in years]

    @property
    def percent(self) -> Decimal:
        """The percentage asked for; the setting when it cannot be read."""
        asked = self.cleaned_data.get("change") if self.is_bound else None
        return Decimal(asked or settings.CHECK_CHANGE_PERCENT)


@permission_required(pages.PAGE, raise_exception=True)
def checks(request: HttpRequest, year: int) -> HttpResponseBase:
    """Show what the checks of a year find, all of them or one in full."""
    if "year" in request.GET:
        return redirect(_address(request))
    today, key = fiscal.local_date(), request.GET.get("check", "")
    if not FIRST_YEAR <= year <= fiscal.fiscal_year_of(today):
        raise Http404
    book = book_of(year, today=today, user=request.user)
    form = _form(request, year, range(book.running, min(book.first_year, year) - 1, -1))
    results = run(
        year,
        book=book,
        today=today,
        change_percent=form.percent,
        user=request.user,
        key=key,
    )
    if key:
        results = [replace(result, limit=KEPT) for result in results]
        if not results:
            raise Http404
    if (kind := request.GET.get("export")) in KINDS:
        return _export(request, kind, year, results)
    context = {"form": form, "results": results, "year": year, "today": today}
    context |= {"is_one": bool(key), "is_running": year == book.running}
    context["count"] = sum(not result.is_good for result in results)
    return render(request, "dashboard/checks.html", context)


def _address(request: HttpRequest) -> str:
    """Return the address of the year that was chosen, with what else was asked for."""
    query = request.GET.copy()
    year = query.pop("year")[-1]
    if not (year.isascii() and year.isdecimal() and len(year) == 4):
        raise Http404
    query.pop("check", None)
    url = reverse("dashboard:checks", args=[int(year)])
    return f"{url}?{query.urlencode()}" if query else url


def _form(request: HttpRequest, year: int, years: Iterable[int]) -> CheckForm:
    change = request.GET.get("change", "").strip()
    data = {"year": year, "change": change or str(settings.CHECK_CHANGE_PERCENT)}
    form = CheckForm(data, years)
    form.full_clean()
    return form


def _export(
    request: HttpRequest, kind: str, year: int, results: Iterable[Result]
) -> HttpResponseBase:
    """Return the findings as a file, one row each."""
    title = _("%(year)s checks") % {"year": fiscal.label(year)}
    header = [
        pgettext("check", "Program"),
        pgettext("check", "Check"),
        pgettext("check", "Found"),
        pgettext("check", "Number"),
        pgettext("check", "What to do"),
        pgettext("check", "Address"),
        pgettext("check", "Key"),
    ]
    rows = [row for result in results for row in _rows(request, result)]
    return sheet_response(request, kind, Sheet(title, header, rows))


def _rows(request: HttpRequest, result: Result) -> Iterable[list[Any]]:
    check = result.check
    told = [check.group, str(check.label)]
    if result.has_failed:
        failed = _("This check cannot be made at the moment.")
        yield [*told, failed, None, "", "", check.key]
    for finding in result.findings:
        url = request.build_absolute_uri(finding.url) if finding.url else ""
        remedy = str(check.remedy)
        yield [*told, finding.text, finding.count, remedy, url, check.key]
