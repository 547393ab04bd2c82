"""Whatever the API answers is JSON, in the language asked for, by every method."""

import pytest
from auditlog.models import LogEntry
from django.test import Client
from django.urls import path

from config import urls
from tests.accounts.test_tokens import make_token
from tests.conftest import grant

pytestmark = pytest.mark.django_db
FIGURES = "/api/v1/figures?year=2016"
DOCUMENT = "/api/v1/openapi.json"
DELIVERIES = "/api/v1/deliveries"


@pytest.fixture
def token():
    """A client with the token of somebody who may do everything of the API."""
    text, _token = make_token(user=grant("manager", "coordinator_deliveries"))
    return Client(headers={"authorization": f"Bearer {text}"})


def explode(request):
    raise RuntimeError("架空の 秘密")


urlpatterns = [path("api/v1/explode", explode), *urls.urlpatterns]
handler404 = urls.handler404


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("get", "/api/v1/figures?program=%00", 400),
        ("get", "/api/v1/figures?program=%ED%A0%BD", 400),
        ("get", "/api/v1/deliveries/%00", 400),
        ("get", "/api/v1/nothing", 404),
        ("get", "/api/v1/", 404),
        ("get", "/api/", 404),
        ("get", "/api/v1/deliveries/", 404),
        ("get", "/api/v1/deliveries/nothing", 404),
        ("get", DELIVERIES, 405),
        ("patch", DELIVERIES, 405),
        ("put", "/api/v1/deliveries/x", 405),
        ("trace", "/api/v1/figures", 405),
        ("post", "/api/v1/figures", 405),
    ],
)
def test_refusal_is_json(token, method, address, status):
    answer = getattr(token, method)(address)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.json()["detail"]


@pytest.mark.urls("tests.test_api_answers")
@pytest.mark.parametrize("debug", [False, True])
def test_failure_is_json_and_tells_nothing(settings, debug):
    settings.DEBUG = debug
    settings.LOGIN_URL = "account_login"
    client = Client(raise_request_exception=False)
    client.force_login(grant("manager"))
    answer = client.get("/api/v1/explode")
    assert answer.status_code == 500
    assert answer.json() == {"detail": "Internal Server Error."}


def test_pages_outside_of_the_api_stay_pages(manager):
    answer = manager.get("/nothing")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("address", [FIGURES, DOCUMENT])
def test_head_answers_like_get_without_a_body(token, address):
    full, head = token.get(address), token.head(address)
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["Content-Length"]) == len(full.content)
    assert head.headers["Content-Type"] == full.headers["Content-Type"]


def test_head_opens_nothing(outsider):
    assert Client().head(FIGURES).status_code == 401
    assert outsider.head(FIGURES).status_code == 403
    assert outsider.head(DELIVERIES).status_code == 405


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        (FIGURES, "GET, HEAD, OPTIONS"),
        (DELIVERIES, "OPTIONS, POST"),
        ("/api/v1/deliveries/x", "DELETE, GET, HEAD, OPTIONS"),
    ],
)
def test_options_names_the_methods(address, allowed):
    answer = Client().options(address)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "Content-Length" not in answer.headers
    assert answer.headers["Allow"] == allowed
    assert Client().patch(address).headers["Allow"] == allowed


def test_answers_follow_the_language_asked_for(token):
    for accepted, language in [
        ("en", "en"),
        ("en-GB,ja;q=0.5", "en"),
        ("fr,en;q=0.5,ja;q=0.1", "en"),
        ("fr", "ja"),
        ("", "ja"),
        ("\x7f;q=x", "ja"),
    ]:
        answer = token.get(FIGURES, headers={"accept-language": accepted})
        assert answer.headers["Content-Language"] == language
        assert "Accept-Language" in answer.headers["Vary"]


def test_document_is_for_those_who_may_use_the_api(token, outsider):
    assert token.get(DOCUMENT).status_code == 200
    assert outsider.get(DOCUMENT).status_code == 200
    assert Client().get(DOCUMENT).status_code == 401
    wrong = {"authorization": "Bearer nothing"}
    assert outsider.get(DOCUMENT, headers=wrong).status_code == 401


def test_document_describes_every_answer_of_every_operation(token):
    document = token.get(DOCUMENT).json()
    assert set(document["paths"]) == {
        "/api/v1/figures",
        "/api/v1/deliveries",
        "/api/v1/deliveries/{delivery}",
        "/api/v1/bounces",
    }
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["summary"]
            assert operation["description"]
            assert {"200", "401", "403", "422"} <= set(operation["responses"])
    batch = document["components"]["schemas"]["Batch"]
    assert batch["properties"]["deliveries"]["maxItems"] == 1000
    assert batch["example"]["deliveries"]
    post = document["paths"]["/api/v1/deliveries"]["post"]
    assert {"400", "413"} <= set(post["responses"])
    # No session opens what writes.
    assert [list(one) for one in post["security"]] == [["TokenAuth"]]


def test_actor_of_a_token_does_not_stay_for_the_next_request(token, manager):
    assert token.get(FIGURES).status_code == 200
    user = grant("manager")
    assert manager.get("/").status_code == 200
    entry = LogEntry.objects.get_for_object(user).first()
    assert entry.actor is None
