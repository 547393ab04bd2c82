"""Import and export of municipalities in the administration."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from municipalities.models import Municipality
from tests.municipalities.factories import MunicipalityFactory

IMPORT = reverse("admin:municipalities_municipality_import")
PROCESS = reverse("admin:municipalities_municipality_process_import")
EXPORT = reverse("admin:municipalities_municipality_export")
HEADER = "code,prefecture,name,kana,kind,island,service_area,valid_until\n"
CHIBA = "121002,千葉県,千葉市,ちばし,市,0,1,\n"


@pytest.fixture
def kamagaya(db):
    return MunicipalityFactory(code="122246", name="鎌ケ谷市", kana="かまがやし")


def upload(client, content, name="list.csv"):
    if isinstance(content, str):
        content = content.encode()
    file = SimpleUploadedFile(name, content)
    return client.post(IMPORT, {"import_file": file, "format": "0", "resource": "0"})


def confirm(client, page):
    return client.post(PROCESS, page.context["confirm_form"].initial)


def test_import_shows_first_and_saves_when_confirmed(administrator, kamagaya):
    page = upload(administrator, HEADER + CHIBA)
    assert "千葉市" in page.text
    assert not Municipality.objects.filter(code="121002").exists()
    assert confirm(administrator, page).status_code == 302
    chiba = Municipality.objects.get(code="121002")
    assert chiba.is_in_service_area
    assert chiba.prefecture_code == "12"
    assert "ちばし" in chiba.search_key


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("121003,千葉県,千葉市,ちばし,市,0,1,\n", "code"),
        ("122033,千葉県,市川市,いちかわし,市,0,1,5/4/30\n", "valid_until"),
        ("122033,東京都,市川市,いちかわし,市,0,1,\n", "prefecture"),
        ("合計,,,,,,,\n", "3"),
    ],
)
def test_import_names_row_and_column_and_saves_nothing(administrator, line, words):
    page = upload(administrator, HEADER + CHIBA + line)
    assert page.status_code == 200
    errors = page.context["form"].errors["import_file"]
    assert "3" in errors[0]
    assert words in errors[0]
    assert "confirm_form" not in page.context
    assert not Municipality.objects.exists()


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01", b"<html>", b"PK\x03\x04", "色\n赤\n".encode("cp932")]
)
def test_import_of_something_else_is_explained(administrator, content):
    page = upload(administrator, content, "list.xlsx")
    assert page.status_code == 200
    assert page.context["form"].errors["import_file"]


def test_import_without_the_stored_file_is_explained(administrator, kamagaya):
    page = upload(administrator, HEADER + CHIBA)
    confirm(administrator, page)
    again = confirm(administrator, page)
    assert again.status_code == 302
    assert again.url == IMPORT


def test_export_goes_round(administrator, kamagaya):
    call_command("import_municipalities", verbosity=0)
    for number, kind in enumerate(("xlsx", "csv")):
        data = {"format": str(number), "resource": "0"}
        response = administrator.post(EXPORT, data)
        assert f".{kind}" in response["Content-Disposition"]
        back = upload(administrator, response.content, f"list.{kind}")
        result = back.context["result"]
        assert result.total_rows == 1741
        assert result.totals["skip"] == 1741


def test_export_has_no_formula_and_a_mark_for_excel(administrator):
    MunicipalityFactory(name="=1+1市")
    csv = administrator.post(EXPORT, {"format": "1", "resource": "0"}).content
    assert csv.startswith(b"\xef\xbb\xbf")
    assert "'=1+1市" in csv.decode()
    xlsx = administrator.post(EXPORT, {"format": "0", "resource": "0"}).content
    cells = [
        c for row in load_workbook(io.BytesIO(xlsx)).active.iter_rows() for c in row
    ]
    assert {cell.data_type for cell in cells if cell.value} == {"s"}


def test_code_that_excel_took_for_a_number_is_read(administrator):
    book = Workbook()
    book.active.append(["code", "prefecture", "name", "kana"])
    book.active.append([11002, "北海道", "札幌市", "さっぽろし"])
    out = io.BytesIO()
    book.save(out)
    page = upload(administrator, out.getvalue(), "list.xlsx")
    confirm(administrator, page)
    assert Municipality.objects.get().code == "011002"


def test_preview_marks_changes_without_inline_styles(administrator, kamagaya):
    line = "122246,千葉県,鎌ケ谷市,<b>かま</b>,市,0,1,\n"
    page = upload(administrator, HEADER + line)
    assert "<del>かまがやし</del> <ins>&lt;b&gt;かま&lt;/b&gt;</ins>" in page.text
    assert "style=" not in page.text
