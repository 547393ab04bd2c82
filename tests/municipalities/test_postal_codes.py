"""Postal codes from the installed package."""

from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from municipalities.fields import MunicipalityField
from municipalities.models import Municipality, PostalCode
from municipalities.services import suggest_municipalities

CITIES = {
    "112011": ("埼玉県", "川越市"),
    "113263": ("埼玉県", "毛呂山町"),
    "113271": ("埼玉県", "越生町"),
    "121002": ("千葉県", "千葉市"),
}


@pytest.fixture
def codes(db):
    for code, (prefecture, name) in CITIES.items():
        Municipality.objects.create(
            code=code,
            prefecture_code=code[:2],
            prefecture=prefecture,
            name=name,
            kana="よみ",
            kind=name[-1],
        )
    call_command(
        "import_postal_codes", prefectures="11,12", verbosity=0, stderr=StringIO()
    )


def names(written):
    return [m.name for m in suggest_municipalities(written)]


def test_wards_offices_and_codes_that_span_several_are_found(codes):
    assert names("260-0013") == ["千葉市"]
    assert names("〒１００８６３９") == ["川越市"]
    assert names("3500400") == ["毛呂山町", "越生町"]


def test_importing_again_changes_nothing_and_mends_what_is_gone(codes):
    before = set(PostalCode.objects.values_list("code", "municipality"))
    PostalCode.objects.filter(code="2600013").delete()
    PostalCode.objects.create(
        code="0000000", municipality=Municipality.objects.get(code="121002")
    )
    out = StringIO()
    call_command("import_postal_codes", prefectures="11,12", stdout=out, stderr=out)
    assert "created 1, removed 1" in out.getvalue()
    assert set(PostalCode.objects.values_list("code", "municipality")) == before


def test_places_that_are_not_in_the_list_are_named(db):
    err = StringIO()
    call_command("import_postal_codes", prefectures="12", verbosity=0, stderr=err)
    assert "12203" in err.getvalue()


def test_wrong_prefecture_is_refused(db):
    with pytest.raises(CommandError):
        call_command("import_postal_codes", prefectures="chiba")


def test_form_field_reads_a_postal_code_and_offers_the_choice(codes):
    field = MunicipalityField()
    assert field.clean("260-0013").name == "千葉市"
    with pytest.raises(ValidationError) as refused:
        field.clean("350-0400")
    assert "埼玉県毛呂山町、埼玉県越生町" in refused.value.messages[0]
    with pytest.raises(ValidationError) as refused:
        field.clean("000-0000")
    assert refused.value.code == "unknown"
