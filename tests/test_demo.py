"""The demo adds up to the published figures, row by row, on either database."""

import csv
import datetime as dt
import json
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

import dashboard
from accounts.models import Workplace
from core.programs import installed_programs
from dashboard.indicators import Moment, Ratio, registry
from tests.conftest import DEMO_DAY

pytestmark = pytest.mark.usefixtures("demo")

PUBLISHED = Path(dashboard.__file__).parent / "data/published_figures.csv"
YEAR = Moment(2016, dt.date(2017, 3, 20))


@pytest.fixture
def manager(db):
    client = Client()
    client.force_login(get_user_model().objects.get(username="manager"))
    return client


def published_rows():
    with PUBLISHED.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def figures(demo, django_db_blocker):
    out = StringIO()
    with django_db_blocker.unblock():
        call_command("figures", format="json", stdout=out)
    found = json.loads(out.getvalue())
    return {(f["indicator"], f["fiscal_year"], f["breakdown"]): f for f in found}


def has_rows(row):
    """Tell whether the demo holds the records behind a published row."""
    return (
        row["fiscal_year"] == "2016"
        or row["indicator"] == "agreements.in_force"
        or row["indicator"].startswith("donations.")
    )


@pytest.mark.parametrize(
    "row",
    published_rows(),
    ids=lambda r: f"{r['indicator']}-{r['fiscal_year']}-{r['breakdown']}",
)
def test_published_figure_is_there_and_equals_its_rows(row, figures):
    key = (row["indicator"], int(row["fiscal_year"]), row["breakdown"])
    figure = figures[key]
    assert figure["status"] == "published"
    assert figure["value"] == int(row["value"])
    assert (figure["as_of"] or "") == row["as_of"]
    if has_rows(row):
        assert figure["computed"] == figure["value"]


@pytest.mark.parametrize(
    ("year", "rate"),
    [(2013, 41.8), (2014, 65.3), (2015, 82.4), (2016, 94.7), (2017, 95.3)],
)
def test_coverage_is_rounded_half_up(year, rate, figures):
    assert figures["agreements.coverage", year, ""]["value"] == rate


@pytest.mark.django_db
def test_api_gives_the_list_of_the_command(manager, figures):
    found = manager.get("/api/v1/figures").json()
    assert {(f["indicator"], f["fiscal_year"], f["breakdown"]) for f in found} == set(
        figures
    )


@pytest.mark.django_db
def test_dashboard_of_2016_shows_every_published_figure(manager):
    page = strip_tags(manager.get("/dashboard/", {"year": 2016}).text)
    for row in published_rows():
        if row["fiscal_year"] == "2016" and not row["breakdown"]:
            assert f"{int(row['value']):,}" in page, row


def parts_of_2016():
    for indicator in registry:
        yield indicator, ""
        for by in indicator.by:
            yield indicator, by


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("indicator", "by"), list(parts_of_2016()), ids=lambda x: getattr(x, "key", x)
)
def test_figure_of_2016_opens_a_list_that_adds_up_to_it(indicator, by, manager):
    if isinstance(indicator, Ratio):
        indicator = registry[indicator.numerator]
    # Two parts each: the test of the contract holds every part on a smaller set.
    for (_year, part), number in list(indicator.numbers([YEAR], by).items())[:2]:
        page = manager.get(indicator.rows_url(YEAR, by, part))
        assert page.status_code == 200
        assert Decimal(page.context["summary"][indicator.rows_total]) == number.value


@pytest.mark.django_db
def test_second_time_changes_nothing():
    before = counts()
    call_command("load_demo", today=DEMO_DAY, verbosity=0)
    assert counts() == before


@pytest.mark.django_db
def test_running_year_has_something_to_show(manager):
    for program in installed_programs():
        for page in program.pages:
            assert manager.get(reverse(page.url)).status_code == 200
        assert any(
            indicator.numbers([Moment.of(2026, DEMO_DAY)])
            for indicator in registry
            if indicator.app_label == program.label and not isinstance(indicator, Ratio)
        ), program.label


@pytest.mark.django_db
def test_demo_refuses_to_run_beside_real_records():
    Workplace.objects.filter(code="DEMO-0").update(code="REAL-0")
    with pytest.raises(CommandError, match="records"):
        call_command("load_demo", today=DEMO_DAY, verbosity=0)


def counts():
    return {
        model: model._default_manager.count()
        for program in installed_programs()
        for model in program.get_models()
    }
