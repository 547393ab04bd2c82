"""GET and DELETE /api/v1/deliveries/<ID>: how one stands, and taking it back."""

import datetime as dt
from urllib.parse import quote

import pytest
from auditlog.models import LogEntry
from django.core.exceptions import ValidationError

from accounts.models import ApiToken
from deliveries.models import Delivery
from tests.accounts.factories import UserFactory
from tests.conftest import grant
from tests.deliveries.api import DELIVERIES as URL
from tests.deliveries.api import bearer
from tests.deliveries.factories import (
    DeliveryFactory,
    NoticeFactory,
    SentNoticeFactory,
)

pytestmark = pytest.mark.django_db
# 11:00 in Japan.
NOW = dt.datetime(2016, 10, 3, 2, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def clock(monkeypatch, settings):
    """Stop the clock of the API; queue mails as outside of tests."""
    monkeypatch.setattr("deliveries.api.timezone.now", lambda: NOW)
    settings.EMAIL_BACKEND = "outbox.backend.EmailBackend"


@pytest.fixture
def terminal(workplace):
    return bearer(grant("coordinator_deliveries", workplace=workplace))


def test_state_tells_of_the_mails(terminal):
    delivery = DeliveryFactory(external_id="A 1/ü?#%25", workplace__code="chiba")
    SentNoticeFactory(delivery=delivery)
    NoticeFactory(delivery=delivery)
    answer = terminal.get(f"{URL}/A%201/%C3%BC%3F%23%2525")
    assert answer.status_code == 200
    told = answer.json()
    assert told.pop("recorded_at")
    assert told == {
        "external_id": "A 1/ü?#%25",
        "delivered_at": "2016-10-03T10:05:00+09:00",
        "status": "handed_over",
        "workplace": "chiba",
        "taken_back_at": None,
        "notices": {"waiting": 1, "sent": 1, "failed": 0, "cancelled": 0},
        "corrections": {"waiting": 0, "sent": 0, "failed": 0, "cancelled": 0},
    }


def test_taking_back_tells_what_it_did_and_again_the_same(terminal):
    delivery = DeliveryFactory(external_id="D-1")
    SentNoticeFactory(delivery=delivery)
    NoticeFactory.create_batch(2, delivery=delivery)
    first = terminal.delete(f"{URL}/D-1")
    assert first.status_code == 200
    told = first.json()
    assert (told["withdrawn"], told["corrections"]) == (2, 1)
    assert told["taken_back_at"] == "2016-10-03T11:00:00+09:00"
    assert terminal.delete(f"{URL}/D-1").json() == told
    delivery.refresh_from_db()
    assert delivery.undone_by == terminal.user


def test_unknown_delivery_is_not_found(terminal):
    for ask in (terminal.get, terminal.delete):
        answer = ask(f"{URL}/nothing")
        assert answer.status_code == 404
        assert answer.json()["detail"]
        assert ask(f"{URL}/{'x' * 65}").status_code == 422


def test_rights_to_see_and_to_change_are_asked(workplace):
    DeliveryFactory(external_id="D-1")
    reader = bearer(grant("manager"))
    assert reader.get(f"{URL}/D-1").status_code == 200
    assert reader.delete(f"{URL}/D-1").status_code == 403
    stranger = bearer(UserFactory())
    assert stranger.get(f"{URL}/D-1").status_code == 403


def test_history_names_the_user_of_the_token(terminal):
    delivery = DeliveryFactory(external_id="D-1")
    terminal.delete(f"{URL}/D-1")
    entry = LogEntry.objects.get_for_object(delivery).first()
    assert "undone_at" in entry.changes
    assert entry.actor == terminal.user
    assert ApiToken.objects.get().last_used_at == NOW


def test_closed_year_refuses_a_correction_in_json(terminal, monkeypatch):
    def refuse(**kwargs):
        raise ValidationError("年度は締まっています。")

    DeliveryFactory(external_id="D-1")
    monkeypatch.setattr("deliveries.api.take_back", refuse)
    answer = terminal.delete(f"{URL}/D-1")
    assert answer.status_code == 409
    assert answer.json() == {"detail": "年度は締まっています。"}


def test_slashes_and_dots_in_an_id_are_reached(terminal):
    for known in (
        "a/b",
        "/a",
        "a//",
        "a/undo",
        "..a",
        "100%",
        "a+b",
        "日付-1",
        "a&b=c",
    ):
        DeliveryFactory(external_id=known)
        answer = terminal.get(f"{URL}/{quote(known, safe='')}")
        assert answer.status_code == 200, known
        assert answer.json()["external_id"] == known
    assert Delivery.objects.count() == 9
