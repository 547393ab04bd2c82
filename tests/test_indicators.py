"""The contract of every indicator: a figure is what the list behind it counts."""

import csv
import datetime as dt
import io
import re
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.test import Client

from dashboard.book import Book, breakdowns
from dashboard.closing import close_year, finish
from dashboard.indicators import Flow, Moment, Ratio, registry
from dashboard.models import AnnualFigure
from dashboard.refusals import Refused
from deliveries.models import Notice
from tests.accounts.factories import UserFactory

TODAY = dt.date(2018, 6, 1)
# Whole years, the running one, and a day in the middle of one.
MOMENTS = [Moment.of(year, TODAY) for year in (2014, 2015, 2016, 2017, 2018)]
MID_YEAR = Moment(2016, dt.date(2016, 9, 30))
EVERY = [pytest.param(indicator, id=indicator.key) for indicator in registry]
MEASURED = [
    pytest.param(indicator, id=indicator.key)
    for indicator in registry
    if not isinstance(indicator, Ratio)
]


@pytest.fixture
def everything(db):
    """Signed in with every right."""
    client = Client()
    client.force_login(UserFactory(is_superuser=True))
    return client


@pytest.fixture
def rows(request):
    """Make the rows of `tests/<program>/rows.py`; tell whether there are any.

    Without that module the contract is checked on the empty database.
    """
    name = f"tests.{request.getfixturevalue('indicator').app_label}.rows"
    if find_spec(name) is None:
        return False
    import_module(name).make_rows()
    return True


@pytest.fixture
def indicator(request):
    return request.param


def total(client, indicator, moment, by="", key=""):
    """Return what the list behind a figure counts or sums."""
    page = client.get(indicator.rows_url(moment, by, key))
    assert page.status_code == 200
    assert not page.context["filter"].form.errors
    number = page.context["summary"][indicator.rows_total]
    return Decimal(number or 0).quantize(Decimal("0.0001"))


def parts_of(indicator, moment, by):
    """Return {key: number} of a breakdown, the blank part left out."""
    numbers = indicator.numbers([moment], by)
    return {key: number for (_year, key), number in numbers.items() if key}


@pytest.mark.parametrize("indicator", EVERY, indirect=True)
@pytest.mark.django_db
def test_declaration_is_complete(indicator):
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", indicator.key)
    for text in (indicator.label, indicator.unit, indicator.definition):
        assert str(text).strip()
    app_label, codename = indicator.permission.split(".")
    known = Permission.objects.filter(
        content_type__app_label=app_label, codename=codename
    )
    assert known.exists()
    for by in breakdowns(indicator).values():
        assert str(by.label).strip()


@pytest.mark.parametrize("indicator", MEASURED, indirect=True)
@pytest.mark.django_db
def test_empty_database_gives_nothing_and_an_empty_list(indicator, everything):
    for by in ("", *indicator.by):
        assert indicator.numbers(MOMENTS, by) == {}
    assert total(everything, indicator, MOMENTS[2]) == 0


@pytest.mark.parametrize("indicator", MEASURED, indirect=True)
@pytest.mark.django_db
def test_series_and_breakdown_cost_one_query(
    indicator, rows, django_assert_num_queries
):
    for by in ("", *indicator.by):
        with django_assert_num_queries(1):
            indicator.numbers(MOMENTS, by)


@pytest.mark.parametrize("indicator", MEASURED, indirect=True)
@pytest.mark.django_db
def test_figure_is_what_its_list_counts(indicator, rows, everything):
    found = 0
    for moment in (*MOMENTS, MID_YEAR):
        number = indicator.numbers([moment]).get((moment.fiscal_year, ""))
        value = number.value if number else Decimal(0)
        exact = value.quantize(Decimal("0.0001"))
        assert total(everything, indicator, moment) == exact, moment
        found += bool(number)
    assert found or not rows, "the rows of this program give no figure at all"


@pytest.mark.parametrize("indicator", MEASURED, indirect=True)
@pytest.mark.django_db
def test_every_role_that_sees_the_figure_opens_its_rows(indicator, request):
    seen = 0
    for role in ("staff", "officer", "coordinator", "manager", "administrator"):
        client = request.getfixturevalue(role)
        if client.user.has_perm(indicator.permission):
            seen += 1
            page = client.get(indicator.rows_url(MOMENTS[2]))
            assert page.status_code == 200, role
    assert seen, "no role sees this figure"


@pytest.mark.parametrize("indicator", MEASURED, indirect=True)
@pytest.mark.django_db
def test_part_is_what_its_list_counts(indicator, rows, everything):
    for by in indicator.by:
        found = {}
        for moment in (MOMENTS[2], MID_YEAR, MOMENTS[4]):
            parts = parts_of(indicator, moment, by)
            for key, number in parts.items():
                exact = number.value.quantize(Decimal("0.0001"))
                assert total(everything, indicator, moment, by, key) == exact, (by, key)
            found |= parts
        assert found or not rows, f"the rows of this program give no parts by {by}"


@pytest.mark.parametrize("indicator", MEASURED, indirect=True)
@pytest.mark.django_db
def test_parts_add_up_to_the_whole_where_they_say_so(indicator, rows):
    for name, by in indicator.by.items():
        numbers = indicator.numbers([MOMENTS[2]], name)
        whole = indicator.numbers([MOMENTS[2]]).get((2016, ""))
        if by.adds_up and whole:
            assert sum(number.value for number in numbers.values()) == whole.value, name


@pytest.mark.parametrize("indicator", MEASURED, indirect=True)
@pytest.mark.django_db
def test_narrowed_to_a_municipality_a_figure_is_its_part(indicator, rows):
    if "municipality" not in indicator.by:
        pytest.skip("has no breakdown by municipality")
    for key, number in parts_of(indicator, MOMENTS[2], "municipality").items():
        inside = indicator.numbers([MOMENTS[2]], "", ("municipality", key))
        assert inside[2016, ""].value == number.value


# Closing, drill-down, export and API of what was frozen ------------------------------


def close_2016():
    """Close the year; return {(key, breakdown): (value, numerator, denominator)}."""
    at = dt.datetime(2018, 6, 1, tzinfo=dt.UTC)
    # A mail that waits would keep the year from being closed.
    Notice.objects.filter(state="waiting").update(state="failed")
    closing = finish(close_year(year=2016, actor=None, at=at))
    return {
        (row.indicator, row.breakdown): (row.value, row.numerator, row.denominator)
        for row in closing.figures.all()
    }


def exact(value):
    return None if value is None else Decimal(value).quantize(Decimal("0.0001"))


@pytest.mark.parametrize("indicator", EVERY, indirect=True)
@pytest.mark.django_db
def test_closing_freezes_the_whole_and_every_part(indicator, rows):
    measured = [indicator]
    if isinstance(indicator, Ratio):
        measured = [registry[indicator.numerator], registry[indicator.denominator]]
    frozen = close_2016()
    found = 0
    for by in ("", *breakdowns(indicator)):
        numbers = [one.numbers([MOMENTS[2]], by) for one in measured]
        for year, part in numbers[-1]:
            amounts = [
                exact(n[year, part].value if (year, part) in n else 0) for n in numbers
            ]
            expected = (None, *amounts) if len(amounts) == 2 else (*amounts, None, None)
            assert frozen[indicator.key, f"{by}={part}" if by else ""] == expected
            found += 1
    assert sum(key == indicator.key for key, _part in frozen) == found
    assert found or not rows


@pytest.mark.parametrize("indicator", EVERY, indirect=True)
@pytest.mark.django_db
def test_closed_figure_opens_the_rows_that_made_it(indicator, rows, everything):
    close_2016()
    book = Book(registry, AnnualFigure.objects.all(), today=TODAY)
    for by in ("", *breakdowns(indicator)):
        for (_year, part), figure in book.series(indicator, by, [2016]).items():
            assert figure.status == "closed"
            # A blank part has no key to filter by; a ratio opens its parts.
            for one in figure.parts or (figure,):
                if by and not part or not one.rows:
                    continue
                page = everything.get(one.url)
                number = page.context["summary"][one.indicator.rows_total]
                assert exact(number or 0) == exact(one.value), one.url


@pytest.mark.parametrize("indicator", MEASURED, indirect=True)
@pytest.mark.django_db
def test_rows_of_the_closed_year_are_read_only(indicator, rows):
    close_2016()
    if isinstance(indicator, Flow):
        counted = indicator.records().filter(**{indicator.year: 2016})
    else:
        counted = indicator.records(MOMENTS[2].as_of)
    for row in counted.order_by("pk")[:3]:
        with pytest.raises(Refused), transaction.atomic():
            type(row).objects.filter(pk=row.pk)._raw_delete("default")
    assert counted.exists() or not rows


@pytest.mark.parametrize("indicator", EVERY, indirect=True)
@pytest.mark.django_db
def test_closed_figure_is_handed_out_by_api_and_export(indicator, rows, everything):
    frozen = {
        part: amounts
        for (key, part), amounts in close_2016().items()
        if key == indicator.key
    }
    query = {"year": 2016, "indicator": indicator.key}
    found = everything.get("/api/v1/figures", query).json()
    assert {f["breakdown"] for f in found if f["status"] == "closed"} == set(frozen)
    for figure in found:
        value, numerator, denominator = frozen[figure["breakdown"]]
        if value is None:
            assert (figure["numerator"], figure["denominator"]) == (
                numerator,
                denominator,
            )
        else:
            assert exact(figure["value"]) == value
    answer = everything.get("/dashboard/", {"year": 2016, "export": "csv"})
    lines = csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
    exported = [line for line in lines if line and line[-1] == indicator.key]
    assert len(exported) == ("" in frozen)


def test_ratio_has_its_parts():
    for indicator in registry:
        if isinstance(indicator, Ratio):
            assert {indicator.numerator, indicator.denominator} <= {
                one.key for one in registry
            }
