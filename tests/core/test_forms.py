"""Input that every form shares."""

import pytest
from django.urls import reverse

from core.middleware import UNSTORABLE
from tests.municipalities.factories import MunicipalityFactory


@pytest.mark.parametrize("text", ["\x00", "\udfff", "a\ufffd"])
def test_text_that_cannot_be_stored_is_known(text):
    assert UNSTORABLE.search(f"見本{text}")


def test_posted_text_that_cannot_be_stored_answers_400(coordinator):
    MunicipalityFactory(name="見本市")
    body = "their_attendance=%ED%A0%BD"
    response = coordinator.post(
        reverse("agreements:visit_create"),
        body,
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code == 400


def test_names_are_kept_as_typed(coordinator):
    place = MunicipalityFactory(name="見本市")
    data = {
        "municipality": "見本市",
        "state": "held",
        "visited_on": "2016/10/3",
        "their_attendance": "髙﨑 𠮷ﾀﾛｳ　神",
        "our_attendance": "理事長",
    }
    coordinator.post(reverse("agreements:visit_create"), data)
    assert place.visits.get().their_attendance == "髙﨑 𠮷ﾀﾛｳ　神"
