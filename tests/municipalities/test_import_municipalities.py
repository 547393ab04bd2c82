"""Bringing in the list of municipalities."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from municipalities.codes import check_digit
from municipalities.models import Municipality

HEADER = "code,prefecture_code,prefecture,name,kana,kind,island\n"
CHIBA = "121002,12,千葉県,千葉市,ちばし,市,0\n"


@pytest.fixture
def bring(tmp_path, db):
    """Return a function that imports a text and gives what was printed."""

    def run(text, **options):
        path = tmp_path / "list.csv"
        path.write_text(text, encoding="utf-8")
        out = StringIO()
        call_command("import_municipalities", path, stdout=out, **options)
        return out.getvalue()

    return run


@pytest.fixture
def whole_list(db):
    out = StringIO()
    call_command("import_municipalities", service_area="11,12,13", stdout=out)
    return out.getvalue()


def test_whole_list_is_loaded_and_the_service_area_marked(whole_list):
    assert "read 1741 = created 1741" in whole_list
    assert Municipality.objects.count() == 1741
    area = Municipality.objects.in_service_area()
    counts = [area.filter(prefecture_code=code).count() for code in ("11", "12", "13")]
    assert (counts, area.count()) == ([63, 54, 53], 170)
    assert Municipality.objects.get(code="122246").name == "鎌ケ谷市"
    assert Municipality.objects.get(code="134023").is_island


def test_every_code_of_the_list_has_its_check_digit(whole_list):
    codes = Municipality.objects.values_list("code", flat=True)
    assert all(check_digit(code[:5]) == int(code[5]) for code in codes)


def test_importing_again_changes_nothing(whole_list):
    out = StringIO()
    call_command("import_municipalities", stdout=out)
    assert "created 0 + changed 0 + unchanged 1741" in out.getvalue()
    assert Municipality.objects.in_service_area().count() == 170


def test_what_the_administration_keeps_is_not_touched(bring):
    bring(HEADER + CHIBA)
    Municipality.objects.update(
        valid_from=dt.date(1921, 1, 1), is_in_service_area=True, kana="ちば"
    )
    assert "changed 1" in bring(HEADER + CHIBA)
    row = Municipality.objects.get()
    assert (row.kana, row.valid_from) == ("ちばし", dt.date(1921, 1, 1))
    assert row.is_in_service_area
    assert "ちばし" in row.search_key


def test_column_that_is_not_in_the_file_leaves_what_is_stored(bring):
    bring(HEADER + "133612,13,東京都,大島町,おおしままち,町,1\n")
    bring("code,prefecture,name,kana\n133612,東京都,大島町,おおしまちょう\n")
    row = Municipality.objects.get()
    assert (row.kana, row.is_island, row.kind) == ("おおしまちょう", True, "町")


def test_dry_run_counts_and_changes_nothing(bring):
    assert "created 1" in bring(HEADER + CHIBA, dry_run=True)
    assert not Municipality.objects.exists()


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("121003,12,千葉県,千葉市,ちばし,市,0", "code"),
        ("12100,12,千葉県,千葉市,ちばし,市,0", "code"),
        ("１２１００２,12,千葉県,千葉市,ちばし,市,0", "code"),
        ("121002,12,千葉県,千葉市,ちばし,市,0", "code"),
        ("122033,12,埼玉県,市川市,いちかわし,市,0", "prefecture"),
        ("122033,11,千葉県,市川市,いちかわし,市,0", "prefecture_code"),
        ("122033,12,千葉県,,いちかわし,市,0", "name"),
        ("122033,12,千葉県,市川市,,市,0", "kana"),
        ("122033,12,千葉県,市川市,いちかわし,町,0", "kind"),
        ("122033,12,千葉県,市川市,いちかわし,市,×", "island"),
        (f"122033,12,千葉県,市川{'市' * 60},いちかわし,市,0", "name"),
    ],
)
def test_one_wrong_row_is_named_and_nothing_is_saved(bring, line, column):
    with pytest.raises(CommandError) as refused:
        bring(HEADER + CHIBA + line + "\n")
    text = str(refused.value)
    assert "list.csv" in text
    assert column in text
    assert "3" in text
    assert "read 2 = right 1 + refused 1" in text
    assert not Municipality.objects.exists()


def test_missing_file_and_wrong_prefecture_are_explained(db):
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_municipalities", "/nowhere.csv")
    with pytest.raises(CommandError, match="01 to 47"):
        call_command("import_municipalities", service_area="12,99")
