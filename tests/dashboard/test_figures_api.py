"""The filters of GET /api/v1/figures, its answers, and the tokens that open it."""

import re

import pytest
from django.test import Client

from tests.accounts.factories import UserFactory
from tests.accounts.test_tokens import make_token
from tests.agreements.factories import VisitFactory
from tests.conftest import grant
from tests.dashboard.factories import AnnualFigureFactory

URL = "/api/v1/figures"
VISITS = "agreements.visits"

pytestmark = pytest.mark.usefixtures("small_registry")


@pytest.fixture
def figures():
    """A visit of 2016, and published figures: wholes of two years, a part of one."""
    VisitFactory()
    AnnualFigureFactory(value=3)
    AnnualFigureFactory(value=1, breakdown="kind=市")
    AnnualFigureFactory(value=2, fiscal_year=2015, as_of=None)


@pytest.fixture
def bearer(db):
    """A client with the token of a manager, and no session."""
    text, _token = make_token(user=grant("manager"))
    return Client(headers={"authorization": f"Bearer {text}"})


def places(client, **query):
    answer = client.get(URL, query)
    assert answer.status_code == 200, answer.json()
    return {
        (e["indicator"], e["fiscal_year"], e["breakdown"])
        for e in answer.json()
        if e["indicator"] == VISITS
    }


def test_years_are_bounded_on_either_side(figures, manager):
    def years(**query):
        return {year for _key, year, _part in places(manager, **query)}

    assert years(year_from=2016) == {2016}
    assert years(year_to=2015) == {2015}
    assert years(year_from=2015, year_to=2016) == {2015, 2016}
    assert years(year=2015, year_from=2014) == {2015}


def test_breakdown_is_a_part_a_name_or_the_whole(figures, manager):
    one = {"year": 2016}
    assert places(manager, breakdown="", **one) == {(VISITS, 2016, "")}
    assert places(manager, breakdown="kind=市", **one) == {(VISITS, 2016, "kind=市")}
    assert not places(manager, breakdown="kind=町", **one)
    parts = {part for _key, _year, part in places(manager, breakdown="kind", **one)}
    assert parts == {"kind=市"}


def test_narrowed_figures_are_those_of_the_whole_list(figures, manager):
    everything = manager.get(URL).json()
    for query, wanted in [
        ({"year": 2016}, lambda e: e["fiscal_year"] == 2016),
        ({"breakdown": "prefecture"}, lambda e: "prefecture=" in e["breakdown"]),
        ({"breakdown": ""}, lambda e: not e["breakdown"]),
        ({"status": "published"}, lambda e: e["status"] == "published"),
        ({"program": "agreements"}, lambda e: True),
    ]:
        narrowed = manager.get(URL, query).json()
        assert narrowed == [e for e in everything if wanted(e)]
        assert narrowed


def test_indicator_may_be_repeated(figures, manager):
    wanted = [VISITS, "agreements.in_force"]
    found = manager.get(URL, {"indicator": wanted, "year": 2016}).json()
    assert {e["indicator"] for e in found} <= set(wanted)
    assert VISITS in {e["indicator"] for e in found}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"indicator": [VISITS, "agreements.nothing"]}, "agreements.nothing"),
        ({"program": "nothing"}, "nothing"),
        ({"breakdown": "nothing=1"}, "nothing"),
        ({"status": "old"}, "published"),
        ({"year": "20x"}, "integer"),
    ],
)
def test_what_is_unknown_answers_422_and_says_so(manager, query, said):
    answer = manager.get(URL, query)
    assert answer.status_code == 422
    fault = answer.json()["detail"][0]
    assert said in fault["msg"]
    assert {"type", "loc", "msg"} <= set(fault)


@pytest.mark.parametrize(
    "query", [{"year_from": 2016, "year_to": 2015}, {"year": 2015, "year_from": 2016}]
)
def test_years_that_hold_no_year_have_no_figures(figures, manager, query):
    answer = manager.get(URL, query)
    assert (answer.status_code, answer.json()) == (200, [])


def test_document_names_what_may_be_asked_for(figures, manager):
    document = manager.get("/api/v1/openapi.json").json()
    parameters = {p["name"]: p for p in document["paths"][URL]["get"]["parameters"]}
    assert VISITS in parameters["indicator"]["schema"]["items"]["enum"]
    assert parameters["program"]["schema"]["anyOf"][0]["enum"] == ["agreements"]
    pattern = parameters["breakdown"]["schema"]["anyOf"][0]["pattern"]
    for known in ("", "kind", "kind=市"):
        assert re.search(pattern, known)
    assert not re.search(pattern, "nothing=1")


def test_each_documented_answer_has_its_schema(figures, manager, outsider):
    document = manager.get("/api/v1/openapi.json").json()
    operation = document["paths"][URL]["get"]
    answers = {
        "200": manager.get(URL, {"year": 2016}),
        "401": Client().get(URL),
        "403": outsider.get(URL),
        "422": manager.get(URL, {"year": "x"}),
    }
    assert set(operation["responses"]) == set(answers)
    for status, answer in answers.items():
        assert answer.status_code == int(status)
        schema = operation["responses"][status]["content"]["application/json"]["schema"]
        body = answer.json()
        if schema.get("type") == "array":
            schema, body = schema["items"], body[0]
        properties = document["components"]["schemas"][schema["$ref"].split("/")[-1]]
        assert set(properties["required"]) == set(body)
    assert {p["name"] for p in operation["parameters"]} == {
        "year",
        "year_from",
        "year_to",
        "indicator",
        "program",
        "breakdown",
        "status",
    }
    schemes = document["components"]["securitySchemes"]
    assert {s["type"] for s in schemes.values()} == {"http", "apiKey"}
    assert len(operation["security"]) == 2


def test_token_gives_what_its_user_may_see(figures, bearer, manager):
    assert bearer.get(URL).json() == manager.get(URL).json()
    text, _token = make_token(user=UserFactory())
    stranger = Client(headers={"authorization": f"bearer {text}"})
    assert stranger.get(URL).status_code == 403


def test_wrong_token_is_refused_whatever_the_session(figures, manager):
    answer = manager.get(URL, headers={"authorization": "Bearer nothing"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json() == {"detail": "Sign in, or send a token that is valid."}


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic eDp5", "x", "Bearer é"])
def test_header_without_a_token_does_not_open(header):
    answer = Client().get(URL, headers={"authorization": header})
    assert answer.status_code == 401


def test_token_opens_no_page(bearer):
    for address in ("/", "/dashboard/", "/admin/"):
        assert bearer.get(address).status_code == 302
    bearer.get(URL)
    assert bearer.get("/dashboard/").status_code == 302
    assert not bearer.cookies


def test_token_costs_no_more_with_rows(figures, bearer, django_assert_num_queries):
    bearer.get(URL)
    with django_assert_num_queries(17) as few:
        bearer.get(URL)
    VisitFactory.create_batch(20)
    AnnualFigureFactory(fiscal_year=2014)
    with django_assert_num_queries(len(few)):
        assert bearer.get(URL).status_code == 200
