"""The form field that asks for a municipality, and its suggestions."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from municipalities.fields import MunicipalityField
from municipalities.models import Municipality

ROWS = (
    ("132063", "東京都", "府中市", "ふちゅうし"),
    ("342084", "広島県", "府中市", "ふちゅうし"),
    ("122246", "千葉県", "鎌ケ谷市", "かまがやし"),
    ("121002", "千葉県", "千葉市", "ちばし"),
    ("122033", "千葉県", "市川市", "いちかわし"),
    ("193461", "山梨県", "市川三郷町", "いちかわみさとちょう"),
    ("292091", "奈良県", "生駒市", "いこまし"),
)


@pytest.fixture
def places(db):
    for code, prefecture, name, kana in ROWS:
        Municipality.objects.create(
            code=code,
            prefecture_code=code[:2],
            prefecture=prefecture,
            name=name,
            kana=kana,
            kind=name[-1],
        )


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("鎌ケ谷市", "122246"),
        ("鎌ヶ谷市", "122246"),
        ("鎌が谷市", "122246"),
        ("かまがやし", "122246"),
        ("ｶﾏｶﾞﾔｼ", "122246"),
        ("122246", "122246"),
        ("１２２２４６", "122246"),
        ("12224", "122246"),
        ("千葉県市川市", "122033"),
        (" 市川　市 ", "122033"),
        ("東京都府中市", "132063"),
        ("広島県府中市", "342084"),
        ("鎌ヶ谷", "122246"),
        ("市川三", "193461"),
        ("千葉県市川", "122033"),
        ("生駒", "292091"),
    ],
)
def test_every_way_to_write_it_is_understood(places, written, code):
    assert MunicipalityField().clean(written).code == code


@pytest.mark.parametrize(
    ("written", "code", "proposals"),
    [
        ("府中市", "ambiguous", ["東京都府中市", "広島県府中市"]),
        ("市川", "ambiguous", ["千葉県市川市", "山梨県市川三郷町"]),
        ("千葉", "ambiguous", ["千葉県千葉市"]),
        ("千葉県", "unknown", []),
        ("なし市", "unknown", []),
        ("122", "unknown", []),
        ("999999", "unknown", []),
        ("   ", "unknown", []),
        ("%", "unknown", []),
        ("市" * 5000, "unknown", []),
    ],
)
def test_nothing_is_guessed(places, written, code, proposals):
    with pytest.raises(ValidationError) as refused:
        MunicipalityField().clean(written)
    assert refused.value.code == code
    assert all(name in refused.value.messages[0] for name in proposals)
    assert len(refused.value.messages[0]) < 200


def test_narrowed_field_does_not_find_others(places):
    chiba = Municipality.objects.filter(prefecture_code="12")
    with pytest.raises(ValidationError):
        MunicipalityField(queryset=chiba).clean("東京都府中市")


def test_code_costs_one_query(places, django_assert_num_queries):
    with django_assert_num_queries(1):
        MunicipalityField().clean("121002")


def test_suggestions_cost_one_query_and_the_service_area_comes_first(
    places, outsider, django_assert_num_queries
):
    Municipality.objects.filter(code="342084").update(is_in_service_area=True)
    url = reverse("municipalities:suggest")
    page = outsider.get(url, {"q": "ふちゅう"})
    assert page.text.index("広島県府中市") < page.text.index("東京都府中市")
    # Session, user and the search.
    with django_assert_num_queries(3):
        outsider.get(url, {"q": "府中"})


@pytest.mark.parametrize("text", ["\x00", "\ud83d"])
def test_unstorable_text_is_refused(outsider, text):
    query = f"?q={'%00' if text == chr(0) else '%ED%A0%BD'}"
    page = outsider.get(reverse("municipalities:suggest") + query)
    assert page.status_code in (200, 400)


def test_suggestions_are_for_people_who_signed_in(client, db):
    assert client.get(reverse("municipalities:suggest"), {"q": "a"}).status_code == 302
