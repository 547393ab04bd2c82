"""URL × role × status. A URL missing from the table fails; so does a stale entry.

Each program lists its own in `tests/<app>/access.py`: `RULES = {url name: Rule}`.
"""

from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern

from tests.access import ACTORS, EVERYBODY, Rule

APPS = (
    "agreements",
    "alerts",
    "childcare",
    "mutualaid",
    "donations",
    "deliveries",
    "municipalities",
    "dashboard",
)
RULES = {
    "home": Rule(EVERYBODY),
    "healthz": Rule(EVERYBODY, anonymous=200),
    "set_language": Rule(EVERYBODY, method="post", anonymous=302),
    "account_login": Rule(EVERYBODY, anonymous=200, allowed=302),
    "account_logout": Rule(EVERYBODY),
    "admin_logout": Rule(EVERYBODY, allowed=302),
    "account_inactive": Rule(EVERYBODY, anonymous=200),
    "account_reauthenticate": Rule(EVERYBODY),
    "account_change_password": Rule(EVERYBODY),
    "accounts:access_log": Rule({"manager", "administrator"}),
    "admin:index": Rule({"administrator"}, denied=302),
    "admin:municipalities_municipality_changelist": Rule({"administrator"}, denied=302),
    "admin:outbox_mail_changelist": Rule({"administrator"}, denied=302),
    "admin:outbox_worker_changelist": Rule({"administrator"}, denied=302),
}
for _app in APPS:
    if find_spec(f"tests.{_app}.access"):
        RULES |= import_module(f"tests.{_app}.access").RULES
# Django's own pages, which ask the same permissions; two of them stand above.
FRAMEWORK = ("admin:",)


# Django's own view of the language answers a GET with a redirect, and changes nothing.
# What no session opens is left to the tests of the API.
STATE_CHANGES = sorted(
    n
    for n in RULES
    if RULES[n].method == "post" and RULES[n].may and n != "set_language"
)


def url_names(patterns=None, prefix=""):
    if patterns is None:
        patterns = get_resolver().url_patterns
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name or pattern.pattern}"
        else:
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from url_names(pattern.url_patterns, inner)


def test_every_url_is_in_the_table_and_no_entry_is_stale():
    names = {n for n in url_names() if not n.startswith(FRAMEWORK)}
    declared = {n for n in RULES if not n.startswith(FRAMEWORK)}
    assert names == declared


def ask(client, name, rule):
    url = reverse(name, kwargs=rule.make() if rule.make else None)
    answer = getattr(client, rule.method)(url)
    # Read to its end, so that a file that is sent gets closed.
    b"".join(answer)
    return answer.status_code


# Without the mark pytest-django makes no test database for a run of this test alone.
@pytest.mark.django_db
@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("name", sorted(RULES))
def test_role_gets_the_declared_status(name, actor, request):
    rule = RULES[name]
    client = request.getfixturevalue(actor)
    status = ask(client, name, rule)
    if actor in rule.may:
        expected = {rule.allowed} if rule.allowed else {200, 302, 400}
    elif actor in rule.out_of_scope:
        expected = {404}
    else:
        expected = {rule.denied}
    assert status in expected


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(RULES))
def test_whom_a_page_refuses_it_refuses_by_every_method(name, request):
    rule = RULES[name]
    for actor in sorted(EVERYBODY - set(rule.may)):
        client = request.getfixturevalue(actor)
        for method in ("post", "put", "delete"):
            status = ask(client, name, replace(rule, method=method))
            assert status in {rule.denied, 404, 405}, (actor, method)


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(RULES))
def test_without_sign_in_a_page_leads_to_the_sign_in(name):
    rule = RULES[name]
    status = ask(Client(), name, rule)
    assert status == rule.anonymous


@pytest.mark.django_db
@pytest.mark.parametrize("name", STATE_CHANGES)
def test_what_changes_state_refuses_get(name, administrator, request):
    rule = RULES[name]
    client = request.getfixturevalue(sorted(rule.may)[0])
    url = reverse(name, kwargs=rule.make() if rule.make else None)
    assert client.get(url).status_code == 405


@pytest.mark.parametrize(
    "url", ["/?q=%00", "/agreements/?q=%00", "/agreements/?q=%ED%A0%BD"]
)
def test_unreadable_text_answers_400(manager, url):
    assert manager.get(url).status_code == 400
