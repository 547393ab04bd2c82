"""Numbers and search keys as people type them."""

import pytest
from django.core.exceptions import ValidationError
from django.template import Context, Template

from core.text import fold, parse_count


@pytest.mark.parametrize(
    ("written", "number"),
    [("12", 12), ("１２", 12), ("1,234", 1234), ("１，２３４", 1234), (" 0 ", 0)],
)
def test_full_width_and_separators_are_read(written, number):
    assert parse_count(written) == number


@pytest.mark.parametrize(
    "written",
    [
        "1_0",
        "1e3",
        "٣",
        "NaN",
        "-5",
        "△5",
        "(5)",
        "－5",
        "−5",
        "1.5",
        "約5",
        "5人",
        "-",
        "1,23",
        "99999999999",
    ],
)
def test_anything_else_is_refused(written):
    with pytest.raises(ValidationError):
        parse_count(written)


def test_negative_numbers_are_refused_with_the_reason():
    with pytest.raises(ValidationError) as refused:
        parse_count("△5")
    assert refused.value.code == "negative"


def test_search_key_folds_width_kana_and_small_ke():
    assert fold("ｶﾞｷﾞ") == fold("ガギ") == fold("がぎ")
    assert fold("鎌ヶ谷") == fold("鎌ケ谷") == fold("鎌け谷")
    assert fold("ＡＢＣ　１２") == "abc12"


def test_missing_number_is_never_shown_as_zero():
    page = Template(
        "{% load tsunagari %}{{ gone|number }} {{ none|number }} {{ half|number:1 }}"
    )
    assert page.render(Context({"gone": None, "none": 0, "half": 65.25})) == "– 0 65.3"
