"""Signing in and out, and changing the password."""

from urllib.parse import urljoin

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation

from tests.accounts.factories import UserFactory

LOGIN = reverse("account_login")
LOGOUT = reverse("account_logout")
CHANGE = reverse("account_change_password")
PASSWORD = "見本の長い合言葉 2016"
NEW = "架空の新しい合言葉 2017"


@pytest.fixture(autouse=True)
def fresh_limits(settings):
    """Count wrong passwords from zero, in memory."""
    backend = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "sign-in"}}
    cache.clear()


@pytest.fixture
def user(db):
    user = UserFactory(username="mihon")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client, password=PASSWORD, **more):
    return client.post(LOGIN, {"login": "mihon", "password": password} | more)


def is_signed_in(client):
    return "_auth_user_id" in client.session


def test_sign_in_goes_home_or_where_one_was_going(client, user):
    wanted = reverse("municipalities:municipality_list")
    assert client.get(wanted).url == f"{LOGIN}?next={wanted}"
    assert sign_in(client, next=wanted).url == wanted
    client.logout()
    assert sign_in(client).url == reverse("home")


def test_page_is_japanese_with_a_title(client, db):
    page = client.get(LOGIN)
    for text in ("<title>", "ユーザー名", "パスワード", 'lang="ja"'):
        assert text in page.text
    assert "Username" not in page.text


@pytest.mark.parametrize(("login", "password"), [("mihon", "違う"), ("なし", PASSWORD)])
def test_wrong_name_and_wrong_password_look_alike(client, user, login, password):
    page = client.post(LOGIN, {"login": login, "password": password})
    assert page.status_code == 200
    assert not is_signed_in(client)
    assert page.context["form"].non_field_errors() == [
        "入力されたユーザー名もしくはパスワードが正しくありません。"
    ]


def test_after_five_wrong_passwords_the_right_one_is_refused_too(client, user):
    for _ in range(5):
        sign_in(client, "違う")
    page = sign_in(client)
    assert not is_signed_in(client)
    assert "ログイン失敗が連続しています" in page.text


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example.jp",
        "/\\evil.example.jp",
        "\\\\evil.example.jp",
        "https:evil.example.jp",
        "https://evil.example.jp/",
        "http:///evil.example.jp",
        "///evil.example.jp",
        "/\t/evil.example.jp",
        "javascript:alert(1)",
        "／／evil.example.jp",
        "https://testserver@evil.example.jp/",
    ],
)
def test_sign_in_never_leads_to_another_host(client, user, target):
    answer = sign_in(client, next=target)
    # As browsers read it: a backslash is a slash, tabs do not count.
    seen = answer.url.replace("\\", "/").replace("\t", "")
    assert urljoin("http://testserver/accounts/login/", seen).startswith(
        "http://testserver/"
    )


def test_sign_out_is_by_post_only(client, user):
    sign_in(client)
    assert client.get(LOGOUT).status_code == 200
    assert is_signed_in(client)
    assert client.post(LOGOUT).url == LOGIN
    assert not is_signed_in(client)


def test_user_who_is_switched_off_does_not_come_in(client, user):
    sign_in(client)
    user.is_active = False
    user.save()
    assert client.get(reverse("home")).status_code == 302
    client.logout()
    answer = sign_in(client)
    assert not is_signed_in(client)
    with translation.override("ja"):
        page = client.get(answer.url) if answer.status_code == 302 else answer
    assert page.status_code == 200


def test_changing_the_password_goes_home_with_a_message(client, user):
    sign_in(client)
    data = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    page = client.post(CHANGE, data, follow=True)
    assert page.redirect_chain[0][0] == reverse("home")
    assert "パスワードを変更しました" in page.text
    assert is_signed_in(client)
    user.refresh_from_db()
    assert user.check_password(NEW)


@pytest.mark.parametrize(
    "changes",
    [
        {"oldpassword": "違う"},
        {"password2": "違う"},
        {"password1": "a", "password2": "a"},
    ],
)
def test_password_that_does_not_fit_is_explained(client, user, changes):
    sign_in(client)
    data = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW} | changes
    page = client.post(CHANGE, data)
    assert page.context["form"].errors
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
