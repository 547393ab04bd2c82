"""A client of the API, and what it sends."""

from django.test import Client

from tests.accounts.test_tokens import make_token

DELIVERIES = "/api/v1/deliveries"
BOUNCES = "/api/v1/bounces"
JSON = "application/json"


def bearer(user):
    """Return a client with a token of the user, who reads English."""
    text, _token = make_token(user=user)
    client = Client(
        headers={"authorization": f"Bearer {text}", "accept-language": "en"}
    )
    client.user = user
    return client


def item(number=1, **changed):
    return {
        "external_id": f"D-{number}",
        "member_number": "M00001",
        "delivered_at": "2016-10-03T10:05:00+09:00",
        "status": "handed_over",
        **changed,
    }


def post(client, *items, url=DELIVERIES, **headers):
    """Send a batch; return what is told of each item."""
    body = {url.rpartition("/")[2]: items}
    answer = client.post(url, body, content_type=JSON, headers=headers)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def results(client, *items, url=DELIVERIES):
    return [one["result"] for one in post(client, *items, url=url)]
