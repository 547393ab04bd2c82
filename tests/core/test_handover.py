"""Handing data to another program's form."""

from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.test import RequestFactory

from core.handover import MAX_OFFERS, offer, take


def request():
    made = RequestFactory().get("/")
    made.session = SessionStore()
    return made


def test_what_is_offered_can_be_taken_by_its_key_only():
    asked = request()
    key = offer(asked, {"place": "見本1-2-3"})
    assert take(asked, key) == {"place": "見本1-2-3"}
    assert take(asked, "guessed") == {}
    assert "見本" not in key


def test_old_offers_are_dropped():
    asked = request()
    first = offer(asked, {"place": "1"})
    for number in range(MAX_OFFERS):
        last = offer(asked, {"place": str(number)})
    assert take(asked, first) == {}
    assert take(asked, last)
