"""Import and export of desks in the administration."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from municipalities.models import Desk
from tests.municipalities.factories import DeskFactory, MunicipalityFactory

IMPORT = reverse("admin:municipalities_desk_import")
PROCESS = reverse("admin:municipalities_desk_process_import")
EXPORT = reverse("admin:municipalities_desk_export")
HEADER = "団体コード,種別,名称,地区,電話番号,受付時間,祝日休み,確認日\n"
GOOD = "122246,municipal,高齢福祉課,,047-000-0000,平日 8:30〜17:15,0,R8.4.1\n"


@pytest.fixture
def kamagaya(db):
    return MunicipalityFactory(code="122246", name="鎌ケ谷市", kana="かまがやし")


def upload(client, content):
    content = content if isinstance(content, bytes) else content.encode()
    file = SimpleUploadedFile("desks.csv", content)
    return client.post(IMPORT, {"import_file": file, "format": "0", "resource": "0"})


def confirm(client, page):
    return client.post(PROCESS, page.context["confirm_form"].initial)


def test_desks_come_in_after_they_were_shown(administrator, kamagaya):
    page = upload(administrator, HEADER + GOOD)
    assert "高齢福祉課" in page.text
    assert not Desk.objects.exists()
    confirm(administrator, page)
    desk = Desk.objects.get()
    assert desk.municipality == kamagaya
    assert not desk.is_closed_on_holidays
    assert desk.is_active
    assert desk.verified_on == dt.date(2026, 4, 1)


def test_desk_that_is_listed_is_changed_and_keeps_its_fallback(administrator, kamagaya):
    other = DeskFactory()
    desk = DeskFactory(municipality=kamagaya, name="高齢福祉課", fallback=other)
    confirm(administrator, upload(administrator, HEADER + GOOD))
    desk.refresh_from_db()
    assert desk.opening_hours == "平日 8:30〜17:15"
    assert desk.fallback == other
    assert Desk.objects.filter(municipality=kamagaya).count() == 1


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("122246", "999999", "団体コード"),
        ("municipal", "役場", "種別"),
        ("高齢福祉課", "", "名称"),
        ("047-000-0000", "でんわ", "電話番号"),
        ("8:30〜17:15", "8時ごろ", "受付時間"),
        (",0,", ",多分,", "祝日休み"),
        ("R8.4.1", "2099/1/1", "確認日"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_saved(
    administrator, kamagaya, old, new, column
):
    page = upload(administrator, HEADER + GOOD.replace(old, new))
    errors = page.context["form"].errors["import_file"]
    assert len(errors) == 1
    assert "2" in errors[0]
    # As the file heads it.
    assert f"「{column}」" in errors[0]
    assert "confirm_form" not in page.context


def test_same_desk_twice_is_refused(administrator, kamagaya):
    page = upload(administrator, HEADER + GOOD + GOOD)
    assert page.context["form"].errors["import_file"]


def test_stored_hours_that_cannot_be_read_go_round_and_new_ones_do_not(
    administrator, kamagaya
):
    DeskFactory(municipality=kamagaya, name="高齢福祉課", opening_hours="要確認")
    same = upload(administrator, HEADER + GOOD.replace("平日 8:30〜17:15", "要確認"))
    assert "confirm_form" in same.context
    other = upload(administrator, HEADER + GOOD.replace("平日 8:30〜17:15", "要確認2"))
    assert other.context["form"].errors["import_file"]


def test_export_goes_round(administrator, kamagaya):
    DeskFactory(municipality=kamagaya, kind=Desk.Kind.COMMUNITY_SUPPORT, sub_area="東")
    DeskFactory(municipality=kamagaya, opening_hours="要確認", is_active=False)
    before = list(Desk.objects.order_by("pk").values())
    for number, kind in enumerate(("xlsx", "csv")):
        data = {"format": str(number), "resource": "0"}
        response = administrator.post(EXPORT, data)
        assert f".{kind}" in response["Content-Disposition"]
        if kind == "xlsx":
            sheet = load_workbook(io.BytesIO(response.content)).active
            assert sheet["B2"].value == "鎌ケ谷市"
        page = upload(administrator, response.content)
        assert "confirm_form" in page.context, page.context["form"].errors
        confirm(administrator, page)
        assert list(Desk.objects.order_by("pk").values()) == before


def test_export_costs_the_same_for_twenty_rows(
    administrator, kamagaya, django_assert_max_num_queries, django_assert_num_queries
):
    DeskFactory(municipality=kamagaya)
    data = {"format": "1", "resource": "0"}
    administrator.post(EXPORT, data)
    with django_assert_max_num_queries(15) as few:
        administrator.post(EXPORT, data)
    DeskFactory.create_batch(20)
    with django_assert_num_queries(len(few)):
        administrator.post(EXPORT, data)
