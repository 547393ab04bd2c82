"""Mail addresses of families, those of Japanese carriers among them."""

import pytest
from django.core.exceptions import ValidationError

from deliveries.validators import (
    plain_member_number,
    validate_address,
    validate_member_number,
)


@pytest.mark.parametrize(
    "address",
    [
        "hanako@example.jp",
        "hanako.mihon+family@mail.example.co.jp",
        "a..b@docomo.ne.jp",
        ".a@ezweb.ne.jp",
        "da..me.@docomo.ne.jp",
        "-a_b.@t.vodafone.ne.jp",
        "a.@DOCOMO.NE.JP",
    ],
)
def test_issued_address_is_accepted(address):
    validate_address(address)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("hanako@example.jp\u200b", "invisible"),
        ("hana\u202eko@example.jp", "invisible"),
        ("hanako@example.jp\n", "invisible"),
        ("ha\u00adnako@example.jp", "invisible"),
        ("hanako＠example.jp", "full_width"),
        ("ｈanako@example.jp", "full_width"),
        ("a@example.jp, b@example.jp", "several"),
        ("a@example.jp;b@example.jp", "several"),
        ("a@example.jp、b@example.jp", "several"),
        ("a@example.jp b@example.jp", "several"),
        ("見本 花子 <hanako@example.jp>", "name"),
        ("hana ko@example.jp", "spaces"),
        ("a..b@example.jp", "dots"),
        (".a@example.jp", "dots"),
        ("hanako", "invalid"),
        ("hanako@", "invalid"),
        ("@docomo.ne.jp", "invalid"),
        ("a..b@evil.docomo.ne.jp.example", "dots"),
        ('"a b"@docomo.ne.jp', "spaces"),
    ],
)
def test_other_address_is_refused_with_its_reason(address, code):
    with pytest.raises(ValidationError) as refused:
        validate_address(address)
    assert refused.value.code == code


def test_member_number_is_stored_in_one_form():
    assert plain_member_number("　ｍ－１２３ ４") == "M-1234"


@pytest.mark.parametrize("number", ["", "-1", "1\n", "山田", "1" * 21])
def test_anything_else_is_no_member_number(number):
    with pytest.raises(ValidationError):
        validate_member_number(number)
