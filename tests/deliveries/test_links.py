"""Links in mails: random, one purpose each, useless to whoever steals the row."""

import datetime as dt
import hashlib

import pytest
from django.contrib.auth import SESSION_KEY

from deliveries.links import (
    Purpose,
    find,
    known_links,
    new_link,
    standing_links,
    url_of,
)
from deliveries.models import FamilyLink
from tests.deliveries.factories import MORNING, SubscriptionFactory
from tests.deliveries.families import make_link, path_of

pytestmark = pytest.mark.django_db
PURPOSES = list(Purpose)


def token_of(link):
    return path_of(link).split("/")[-2]


def test_tokens_have_256_bits_and_differ():
    tokens = {token_of(make_link(purpose)) for purpose in PURPOSES for _ in range(5)}
    assert len(tokens) == 15
    assert {len(token) for token in tokens} == {43}


def test_row_holds_no_token_and_without_the_secret_none_can_be_made(settings):
    link = make_link(Purpose.STOP)
    token = token_of(link)
    stored = [str(value) for value in FamilyLink.objects.values_list().get()]
    assert token not in "".join(stored)
    assert link.sha256 == hashlib.sha256(token.encode()).hexdigest()
    settings.SECRET_KEY = "another secret"
    assert token_of(link) != token


@pytest.mark.parametrize("purpose", PURPOSES)
def test_link_opens_for_its_own_purpose_only(purpose, client):
    link = make_link(purpose)
    token = token_of(link)
    assert [find(token, one) == link for one in PURPOSES] == [
        one == purpose for one in PURPOSES
    ]
    pages = {one: path_of(make_link(one, email=f"{one}@example.jp")) for one in Purpose}
    for one, path in pages.items():
        head, tail = path.rstrip("/").rsplit("/", 1)
        answers = [client.get(f"{head}/{text}/") for text in (token, "x" * 43)]
        if one != purpose:
            assert [answer.status_code for answer in answers] == [404, 404]
            assert answers[0].content == answers[1].content
    link.subscription.refresh_from_db()
    assert link.subscription.is_open


def test_every_mail_bears_the_same_links_and_new_ones_after_a_new_secret(settings):
    subscription = SubscriptionFactory()
    assert known_links(subscription) == {}
    first = standing_links(subscription, MORNING)
    assert standing_links(subscription, MORNING) == first == known_links(subscription)
    settings.SECRET_KEY = "another secret"
    second = standing_links(subscription, MORNING)
    assert not set(first.values()) & set(second.values())
    old = first[Purpose.STOP].rstrip("/").rsplit("/", 1)[1]
    assert find(old, Purpose.STOP).subscription == subscription


def test_links_of_old_mails_go_on_and_a_link_to_confirm_ends_after_seven_days():
    subscription = SubscriptionFactory()
    ends = [new_link(subscription, one, MORNING).expires_at for one in PURPOSES]
    assert ends == [MORNING + dt.timedelta(days=7), None, None]


def test_links_begin_with_the_configured_address(settings):
    settings.SITE_URL = "https://coop.example"
    assert url_of(make_link(Purpose.MANAGE)).startswith("https://coop.example/deliv")


@pytest.mark.parametrize("purpose", PURPOSES)
def test_page_is_kept_nowhere_and_signs_nobody_in(purpose, client):
    answer = client.get(path_of(make_link(purpose)))
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert not answer.cookies
    assert SESSION_KEY not in client.session


@pytest.mark.parametrize("purpose", PURPOSES)
def test_whoever_is_signed_in_sees_the_same_page(purpose, client, coordinator):
    path = path_of(make_link(purpose))
    assert coordinator.get(path).content == client.get(path).content


@pytest.mark.parametrize("token", ["%00", "a" * 5000, "あ", "%ED%A0%80", "..", "-"])
def test_odd_token_is_answered_like_an_unknown_one(token, client):
    for page in ("confirm/", "stop/", ""):
        status = client.get(f"/deliveries/family/{page}{token}/").status_code
        assert status in (400, 404)


@pytest.mark.parametrize("method", ["get", "head", "options", "put", "delete"])
@pytest.mark.parametrize("purpose", PURPOSES)
def test_looking_changes_nothing(purpose, method, client):
    link = make_link(purpose, confirmed_on=None if purpose == "confirm" else MORNING)
    before = rows_of(link)
    getattr(client, method)(path_of(link))
    getattr(client, method)(f"{path_of(link)}?action=pause&until=2099/1/1")
    assert rows_of(link) == before


def rows_of(link):
    subscription = link.subscription
    rows = type(subscription).objects.filter(pk=subscription.pk)
    return list(rows.values()), list(FamilyLink.objects.values())
