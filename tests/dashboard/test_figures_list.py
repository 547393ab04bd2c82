"""The list of figures: the command, and GET /api/v1/figures."""

import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tests.agreements.factories import VisitFactory
from tests.conftest import sign_in
from tests.dashboard.factories import AnnualFigureFactory, RemarkFactory

URL = "/api/v1/figures"

pytestmark = pytest.mark.usefixtures("small_registry")


def printed(*args, **kwargs):
    out = io.StringIO()
    call_command("figures", *args, stdout=out, **kwargs)
    return out.getvalue()


@pytest.fixture
def figures():
    VisitFactory()
    AnnualFigureFactory(value=3)
    AnnualFigureFactory(value=1, breakdown="kind=市", as_of=None)


def test_json_holds_the_stored_and_the_computed_figures(figures):
    entries = json.loads(printed("--year", "2016", "--format", "json"))
    whole = entries[0]
    assert whole | {"note": ""} == {
        "indicator": "agreements.visits",
        "fiscal_year": 2016,
        "as_of": "2017-03-20",
        "breakdown": "",
        "value": 3,
        "status": "published",
        "computed": 1,
        "numerator": None,
        "denominator": None,
        "unit": "件",
        "name": "",
        "rows": 1,
        "printed": "",
        "note": "",
        "source": "見本年次報告",
        "is_break": False,
        "corrections": [],
    }
    found = {(e["breakdown"], e["status"]): e for e in entries}
    assert found["kind=市", "published"]["as_of"] is None
    assert found["prefecture=12", "provisional"]["computed"] == 1


def test_published_figure_stays_in_the_list_beside_the_closed_one(figures):
    AnnualFigureFactory(value=4, closed=True)
    entries = json.loads(printed("--format", "json"))
    wholes = [e for e in entries if not e["breakdown"] and e["fiscal_year"] == 2016]
    assert [(e["status"], e["value"]) for e in wholes[:2]] == [
        ("closed", 4),
        ("published", 3),
    ]


def test_csv_and_table_show_the_same_figures(figures):
    rows = list(csv.DictReader(io.StringIO(printed("--format", "csv"))))
    assert rows[0]["value"] == "3"
    lines = printed().splitlines()
    assert len(lines) == len(rows) + 1
    assert lines[1].split()[:3] == ["agreements.visits", "2016", "2017-03-20"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--breakdown", ""], {("agreements.visits", "")}),
        (["--breakdown", "kind=市"], {("agreements.visits", "kind=市")}),
        (["--breakdown", "kind"], {("agreements.visits", "kind=市")}),
        (["--year-from", "2016", "--year-to", "2015"], None),
        (["--year-to", "2017", "--breakdown", ""], {("agreements.visits", "")}),
        (["--status", "closed"], set()),
        (["--program", "agreements", "--breakdown", ""], {("agreements.visits", "")}),
    ],
)
def test_command_prints_what_is_asked_for(figures, arguments, expected):
    one = ["--indicator", "agreements.visits", "--year", "2016", "--format", "json"]
    if expected is None:
        with pytest.raises(CommandError, match="before the first"):
            printed(*one, *arguments)
        return
    entries = json.loads(printed(*one, *arguments))
    assert {(e["indicator"], e["breakdown"]) for e in entries} == expected


def test_correction_stands_in_the_list(figures):
    RemarkFactory(kind="correction", text="数え直し", value=4, source="別冊")
    entries = json.loads(printed("--year", "2016", "--format", "json"))
    assert entries[0]["corrections"] == ["数え直し / → 4 / 別冊"]
    rows = list(csv.DictReader(io.StringIO(printed("--format", "csv"))))
    assert rows[0]["corrections"] == "数え直し / → 4 / 別冊"


def test_empty_database_gives_an_empty_list():
    assert json.loads(printed("--format", "json")) == []
    assert printed("--format", "csv").startswith("indicator,fiscal_year")


def test_api_gives_the_same_list_as_the_command(figures, manager):
    answer = manager.get(URL)
    assert answer.status_code == 200
    assert answer.json() == json.loads(printed("--format", "json"))


def test_api_is_narrowed_by_year_and_indicator(figures, manager):
    years = {e["fiscal_year"] for e in manager.get(URL, {"year": 2015}).json()}
    assert years == {2015}
    found = manager.get(URL, {"year": 2016, "indicator": "agreements.visits"}).json()
    assert {e["indicator"] for e in found} == {"agreements.visits"}


def test_api_asks_for_sign_in_and_permission(figures, outsider, staff):
    assert Client().get(URL).status_code == 401
    for person in (outsider, staff):
        answer = person.get(URL)
        assert (answer.status_code, "detail" in answer.json()) == (403, True)


def test_api_leaves_out_what_the_person_may_not_see(figures, officer):
    assert officer.get(URL).json() == []


@pytest.mark.parametrize("year", ["abc", "1999", "2101", "20１6x"])
def test_api_answers_422_to_an_unreadable_year(manager, year):
    answer = manager.get(URL, {"year": year})
    assert answer.status_code == 422
    assert answer.json()["detail"]


def test_every_answer_is_documented(manager):
    document = manager.get("/api/v1/openapi.json").json()
    operation = document["paths"]["/api/v1/figures"]["get"]
    assert set(operation["responses"]) == {"200", "401", "403", "422"}
    assert Client().get("/api/v1/openapi.json").status_code == 401


def test_query_count_does_not_grow_with_rows(manager, django_assert_num_queries):
    VisitFactory()
    with django_assert_num_queries(18) as few:
        manager.get(URL)
    VisitFactory.create_batch(20)
    AnnualFigureFactory()
    with django_assert_num_queries(len(few)):
        manager.get(URL)


def test_coordinator_of_another_program_sees_no_figures_of_this_one(figures):
    person = sign_in("coordinator_childcare")
    assert person.get(URL).json() == []
