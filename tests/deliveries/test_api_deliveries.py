"""POST /api/v1/deliveries: one result per item, whatever the other items are like."""

import datetime as dt

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.test import Client

from deliveries.models import Delivery, Notice
from deliveries.services import record_deliveries
from outbox.models import Mail
from tests.accounts.factories import UserFactory, WorkplaceFactory
from tests.conftest import grant
from tests.deliveries.api import DELIVERIES as URL
from tests.deliveries.api import bearer, item, post, results
from tests.deliveries.factories import (
    SubscriptionFactory,
)

pytestmark = pytest.mark.django_db
# 11:00 in Japan, an hour after the deliveries.
NOW = dt.datetime(2016, 10, 3, 2, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def clock(monkeypatch, settings):
    """Stop the clock of the API; queue mails as outside of tests."""
    monkeypatch.setattr("deliveries.api.timezone.now", lambda: NOW)
    settings.EMAIL_BACKEND = "outbox.backend.EmailBackend"


@pytest.fixture
def terminal(workplace):
    """A client with the token of a coordinator of a delivery centre."""
    return bearer(grant("coordinator_deliveries", workplace=workplace))


def test_delivery_is_recorded_at_the_workplace_of_the_terminal(terminal, workplace):
    [one] = post(terminal, item())
    assert one == {
        "external_id": "D-1",
        "result": "created",
        "errors": {},
        "notices": 0,
        "incident_url": None,
    }
    delivery = Delivery.objects.get()
    assert delivery.workplace == workplace
    assert delivery.recorded_by == terminal.user
    assert (delivery.delivered_on, delivery.delivered_at) == (
        dt.date(2016, 10, 3),
        dt.time(10, 5),
    )
    assert delivery.recorded_at == NOW


def test_each_family_gets_one_mail_queued_however_often_it_is_sent(terminal):
    for email in ("ichiro@example.jp", "jiro@example.jp"):
        SubscriptionFactory(member_number="M00001", email=email)
    first = post(terminal, item())
    second = post(terminal, item())
    assert [one["notices"] for one in (*first, *second)] == [2, 0]
    assert [one["result"] for one in (*first, *second)] == ["created", "unchanged"]
    assert Notice.objects.count() == Mail.objects.count() == 2


def test_workplace_may_be_named(terminal):
    other = WorkplaceFactory()
    [one] = post(terminal, item(workplace=other.code))
    assert one["result"] == "created"
    assert Delivery.objects.get().workplace == other


def test_bad_item_does_not_keep_out_the_good_ones(terminal):
    told = results(terminal, item(1), item(2, status="?"), "x", None, 7, item(3))
    assert told == ["created", "invalid", "invalid", "invalid", "invalid", "created"]
    assert set(Delivery.objects.values_list("external_id", flat=True)) == {"D-1", "D-3"}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("external_id", None, "required"),
        ("external_id", "", "required"),
        ("external_id", "  ", "required"),
        ("external_id", 12, "quotes"),
        ("external_id", "x" * 65, "64"),
        ("external_id", "a\u0000b", "no character"),
        ("external_id", "a\ud83db", "no character"),
        ("external_id", "a\u202eb", "invisible"),
        ("member_number", 1, "quotes"),
        ("member_number", "山", "member number"),
        ("member_number", True, "quotes"),
        ("status", "lost", "lost"),
        ("status", ["left"], "quotes"),
        ("delivered_at", 1475460000, "quotes"),
        ("delivered_at", "2016-10-03T10:05:00", "offset"),
        ("delivered_at", "2016-10-03 10:05", "offset"),
        ("delivered_at", "2016-13-03T10:05:00Z", "offset"),
        ("delivered_at", "2016-10-03T10:05:00+29:00", "offset"),
        ("delivered_at", "0001-01-01T00:00:00+14:00", "offset"),
        ("delivered_at", "9999-12-31T23:59:59-14:00", "offset"),
        ("delivered_at", "1999-12-31T00:00:00Z", "too long ago"),
        ("delivered_at", "2016-10-03T11:03:00+09:00", "future"),
        ("delivered_at", "２０１６-10-03T10:05:00+09:00", "offset"),
        ("workplace", "nowhere", "delivery centre"),
        ("workplace", 5, "quotes"),
        ("workplace", "\u0000", "no character"),
    ],
)
def test_what_cannot_be_used_is_named(terminal, field, value, said):
    [one] = post(terminal, item(**{field: value}))
    assert one["result"] == "invalid"
    assert list(one["errors"]) == [field]
    assert said in one["errors"][field][0]
    assert not Delivery.objects.exists()


def test_unknown_field_is_refused_rather_than_ignored(terminal):
    [one] = post(terminal, item(workplce="chiba"))
    assert "workplace" in one["errors"]["item"][0]
    assert not Delivery.objects.exists()


def test_errors_are_japanese_unless_english_is_asked_for(terminal):
    [english] = post(terminal, item(status=None))
    [japanese] = post(terminal, item(status=None), **{"accept-language": "ja,en;q=0.5"})
    [neither] = post(terminal, item(status=None), **{"accept-language": "fr"})
    assert english["errors"] == {"status": ["This field is required."]}
    assert japanese["errors"] == neither["errors"]
    assert japanese["errors"] != english["errors"]


def test_day_is_that_in_japan(terminal):
    SubscriptionFactory(member_number="M00001")
    post(terminal, item(delivered_at="2016-10-02T15:30:00.250Z"))
    delivery = Delivery.objects.get()
    assert delivery.delivered_on == dt.date(2016, 10, 3)
    assert delivery.delivered_at == dt.time(0, 30)


def test_clock_of_a_terminal_may_run_ahead_a_little(terminal):
    assert results(terminal, item(delivered_at="2016-10-03T02:02:00Z")) == ["created"]
    late = item(2, delivered_at="2016-10-03T02:02:01Z")
    assert results(terminal, late) == ["invalid"]


def test_known_id_with_another_content_is_a_conflict(terminal):
    post(terminal, item())
    told = post(terminal, item(status="left"), item(2))
    assert [one["result"] for one in told] == ["conflict", "created"]
    assert list(told[0]["errors"]) == ["external_id"]
    assert Delivery.objects.get(external_id="D-1").status == "handed_over"


def test_one_id_twice_in_a_batch_counts_once(terminal):
    SubscriptionFactory(member_number="M00001")
    told = results(terminal, item(), item(), item(status="left"))
    assert told == ["created", "unchanged", "conflict"]
    assert Mail.objects.count() == 1


def test_taken_back_delivery_does_not_come_back(terminal):
    post(terminal, item())
    terminal.delete(f"{URL}/D-1")
    assert results(terminal, item()) == ["conflict"]
    assert results(terminal, item(), item()) == ["conflict", "conflict"]


def test_untouched_previous_delivery_offers_the_report(terminal, settings):
    settings.SITE_URL = "https://tsunagari.example.jp"
    untouched = item(status="previous_untouched")
    [one] = post(terminal, untouched)
    pk = Delivery.objects.get().pk
    assert one["incident_url"].startswith(settings.SITE_URL)
    assert f"/{pk}/" in one["incident_url"]
    assert post(terminal, untouched)[0]["incident_url"] == one["incident_url"]


def test_user_of_no_workplace_names_one(db):
    client = bearer(grant("coordinator_deliveries", workplace=None))
    told = post(client, item(), item(2, workplace=WorkplaceFactory().code))
    assert [one["result"] for one in told] == ["invalid", "created"]
    assert list(told[0]["errors"]) == ["workplace"]


def test_store_and_closed_centre_do_not_deliver(terminal):
    store = WorkplaceFactory(kind="store")
    closed = WorkplaceFactory(is_active=False)
    told = post(terminal, item(workplace=store.code), item(2, workplace=closed.code))
    assert [list(one["errors"]) for one in told] == [["workplace"], ["workplace"]]


def test_right_to_add_is_enough_and_needed(workplace):
    user = UserFactory(workplace=workplace)
    client = bearer(user)
    body = {"deliveries": [item()]}
    answer = client.post(URL, body, content_type="application/json")
    assert answer.status_code == 403
    assert not Delivery.objects.exists()
    right = Permission.objects.get(codename="add_delivery")
    user.user_permissions.add(right)
    assert results(client, item()) == ["created"]


def test_session_does_not_open_what_writes(coordinator):
    body = {"deliveries": [item()]}
    for client in (coordinator, Client()):
        answer = client.post(URL, body, content_type="application/json")
        assert answer.status_code == 401
        assert client.delete(f"{URL}/D-1").status_code == 401
        assert client.get(f"{URL}/D-1").status_code == 401
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"\x00", 400),
        (b'{"deliveries": [NaN]}', 400),
        ('{"deliveries": []}'.encode("utf-16"), 400),
        (b'{"deliveries": ["\xff"]}', 400),
        (b"[" * 100_000, 400),
        (b"1" * 5_000, 400),
        (b"[]", 422),
        (b"null", 422),
        (b"{}", 422),
        (b'{"deliveries": null}', 422),
        (b'{"deliveries": []}', 422),
        (b'{"deliveries": {}}', 422),
        (b'{"deliveries": "\\ud83d"}', 422),
        (b'{"deliveries": [%s]}' % b",".join([b"1"] * 1001), 422),
        (b'{"deliveries": [1], "x": "%s"}' % (b"x" * 6_000_000), 413),
    ],
)
def test_request_that_is_no_batch_is_refused_as_a_whole(terminal, body, status):
    answer = terminal.post(URL, body, content_type="application/json")
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "application/x-www-form-urlencoded",
        "",
    ],
)
def test_form_is_no_batch_and_no_failure(terminal, kind):
    answer = terminal.post(URL, b"--x--", content_type=kind)
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_thousand_are_taken_at_once(terminal):
    told = results(terminal, *(item(n) for n in range(1000)))
    assert told == ["created"] * 1000
    assert results(terminal, *(item(n) for n in range(1000))) == ["unchanged"] * 1000


def test_queries_do_not_grow_with_the_items(terminal, django_assert_max_num_queries):
    for number in range(110):
        SubscriptionFactory(member_number=f"N{number}")
    post(terminal, item(0))

    def queries(numbers):
        items = [item(n, member_number=f"N{n}") for n in numbers]
        with django_assert_max_num_queries(40) as used:
            assert results(terminal, *items) == ["created"] * len(items)
        return len(used)

    few = queries(range(1, 11))
    # SQLite takes fewer than a hundred rows in one INSERT.
    assert queries(range(11, 100)) <= few + 3


def test_closed_year_refuses_its_own_deliveries_only(terminal, monkeypatch):
    def refuse(*, entries, **kwargs):
        if entries[0].delivered_on < dt.date(2016, 3, 21):
            raise ValidationError("2015年度は締まっています。")
        return record_deliveries(entries=entries, **kwargs)

    monkeypatch.setattr("deliveries.receiving.record_deliveries", refuse)
    old = item(2, delivered_at="2016-03-20T10:00:00+09:00")
    told = post(terminal, old, item(1), item(3, delivered_at="2016-03-21T00:00:00Z"))
    assert [one["result"] for one in told] == ["invalid", "created", "created"]
    assert told[0]["errors"] == {"delivered_at": ["2015年度は締まっています。"]}
