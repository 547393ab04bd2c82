"""API tokens in the administration."""

import re

import pytest
from django.urls import reverse

from accounts.models import ApiToken
from accounts.tokens import digest
from tests.accounts.factories import UserFactory
from tests.accounts.test_tokens import everything_stored, make_token

ADD = reverse("admin:accounts_apitoken_add")
LIST = reverse("admin:accounts_apitoken_changelist")


def change(token):
    return reverse("admin:accounts_apitoken_change", args=[token.pk])


def add(client, user, **data):
    return client.post(ADD, {"user": user.pk, "name": "集計"} | data)


def test_new_token_is_shown_once(administrator):
    user = UserFactory()
    page = add(administrator, user)
    assert page.status_code == 200
    text = re.search(r'id="token">([^<]+)<', page.text)[1]
    row = ApiToken.objects.get()
    assert (row.sha256, row.user) == (digest(text), user)
    assert row.created_by == administrator.user
    assert page.headers["Cache-Control"] == "no-store"
    secret = text.removeprefix(f"{row.prefix}_")
    assert secret not in everything_stored()
    assert secret not in str(administrator.cookies)
    for address in (LIST, change(row)):
        again = administrator.get(address)
        assert row.prefix in again.text
        assert secret not in again.text
        assert row.sha256 not in again.text


def test_token_is_refused_where_it_could_not_work(administrator):
    for page in (
        add(administrator, UserFactory(is_active=False)),
        add(administrator, UserFactory(), expires_on="2001-01-01"),
        add(administrator, UserFactory(), name=""),
    ):
        assert page.status_code == 200
        assert page.context["adminform"].form.errors
    assert not ApiToken.objects.exists()


def test_name_and_end_change_but_not_the_user(administrator):
    text, row = make_token()
    data = {"user": UserFactory().pk, "name": "別名", "expires_on": "2030-03-20"}
    assert administrator.post(change(row), data).status_code == 302
    again = ApiToken.objects.get()
    assert (again.name, again.user, again.sha256) == ("別名", row.user, digest(text))


def test_tokens_are_revoked_by_an_action(administrator):
    _text, row = make_token()
    data = {"action": "revoke", "_selected_action": [row.pk]}
    assert administrator.post(LIST, data).status_code == 302
    row.refresh_from_db()
    assert row.revoked_at
    first = row.revoked_at
    administrator.post(LIST, data)
    row.refresh_from_db()
    assert row.revoked_at == first


def test_administrator_neither_makes_nor_touches_tokens_of_superusers(administrator):
    superuser = UserFactory(is_superuser=True, is_staff=True)
    page = add(administrator, superuser)
    assert page.context["adminform"].form.errors
    _text, row = make_token(user=superuser)
    assert administrator.post(change(row), {"name": "別名"}).status_code == 403
    data = {"action": "revoke", "_selected_action": [row.pk]}
    administrator.post(LIST, data)
    row.refresh_from_db()
    assert (row.name, row.revoked_at) == ("集計", None)
    delete = reverse("admin:accounts_apitoken_delete", args=[row.pk])
    assert administrator.post(delete, {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("actor", ["manager", "outsider"])
def test_others_make_no_tokens(actor, request):
    client = request.getfixturevalue(actor)
    assert add(client, client.user).status_code == 302
    assert not ApiToken.objects.exists()


def test_list_costs_as_much_with_twenty_tokens(
    administrator, django_assert_num_queries
):
    make_token()
    administrator.get(LIST)
    with django_assert_num_queries(6) as few:
        administrator.get(LIST)
    for _ in range(20):
        make_token()
    with django_assert_num_queries(len(few)):
        administrator.get(LIST)
