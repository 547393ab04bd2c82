"""Municipalities and desks in the administration, as an administrator."""

import datetime as dt

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from core import fiscal
from municipalities.models import DeliveryCourse, Desk, Municipality
from tests.municipalities.factories import (
    CourseAreaFactory,
    DeskFactory,
    MunicipalityFactory,
)

LIST = reverse("admin:municipalities_municipality_changelist")
IMPORT = reverse("admin:municipalities_municipality_import")
DESKS = reverse("admin:municipalities_desk_changelist")
COURSES = reverse("admin:municipalities_deliverycourse_changelist")


@pytest.fixture
def kamagaya(db):
    return MunicipalityFactory(code="122246", name="鎌ケ谷市", kana="かまがやし")


def codes(page):
    return [row.code for row in page.context["cl"].result_list]


@pytest.mark.parametrize(
    "written", ["鎌ヶ谷", "カマガヤ", "ｶﾏｶﾞﾔ", "１２２２４６", "千葉県 鎌"]
)
def test_search_folds_width_and_kana(administrator, kamagaya, written):
    MunicipalityFactory(code="122033", name="市川市", kana="いちかわし")
    assert codes(administrator.get(LIST, {"q": written})) == ["122246"]


def test_list_is_filtered(administrator, kamagaya):
    MunicipalityFactory(
        code="134023", prefecture_code="13", is_island=True, is_in_service_area=False
    )
    for query in ({"prefecture": "13"}, {"is_island__exact": "1"}):
        assert codes(administrator.get(LIST, query)) == ["134023"]
    page = administrator.get(LIST, {"is_in_service_area__exact": "1"})
    assert codes(page) == ["122246"]


def test_only_administrators_come_in(manager, staff, administrator):
    assert administrator.get(LIST).status_code == 200
    for client in (manager, staff):
        assert client.get(LIST).status_code == 302
        assert client.get(IMPORT).status_code == 302


def change_data(municipality, **changes):
    names = ["code", "prefecture_code", "prefecture", "name", "kana", "kind"]
    data = {name: getattr(municipality, name) for name in names}
    management = {"desks-TOTAL_FORMS": "0", "desks-INITIAL_FORMS": "0"}
    return data | management | changes


def test_change_is_saved_and_stands_in_the_history(administrator, kamagaya):
    url = reverse("admin:municipalities_municipality_change", args=[kamagaya.pk])
    data = change_data(kamagaya, valid_until="平成29年3月31日")
    assert administrator.post(url, data).status_code == 302
    kamagaya.refresh_from_db()
    assert kamagaya.valid_until == dt.date(2017, 3, 31)
    history = reverse("admin:municipalities_municipality_history", args=[kamagaya.pk])
    assert administrator.user.display_name in administrator.get(history).text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "122247"}, "code"),
        ({"prefecture": "東京都"}, "prefecture"),
        ({"prefecture_code": "13"}, "prefecture_code"),
        ({"kind": "町"}, "kind"),
        ({"valid_from": "5/4/30"}, "valid_from"),
    ],
)
def test_what_does_not_fit_is_refused(administrator, kamagaya, changes, field):
    url = reverse("admin:municipalities_municipality_change", args=[kamagaya.pk])
    page = administrator.post(url, change_data(kamagaya, **changes))
    assert list(page.context["adminform"].form.errors) == [field]


def test_municipality_in_use_is_not_deleted_and_the_reason_is_given(
    administrator, kamagaya
):
    desk = DeskFactory(municipality=kamagaya)
    url = reverse("admin:municipalities_municipality_delete", args=[kamagaya.pk])
    bulk = {"action": "delete_selected", "_selected_action": [kamagaya.pk]}
    for page in (
        administrator.get(url),
        administrator.post(url, {"post": "yes"}),
        administrator.post(LIST, bulk),
        administrator.post(LIST, bulk | {"post": "yes"}),
    ):
        assert page.status_code == 200
        assert desk.name in page.text
        assert list(page.context["messages"])
    assert Municipality.objects.filter(pk=kamagaya.pk).exists()


def test_municipality_that_nothing_uses_is_deleted(administrator, kamagaya):
    kamagaya.postal_codes.create(code="2730100")
    url = reverse("admin:municipalities_municipality_delete", args=[kamagaya.pk])
    assert "2730100" not in administrator.get(url).text
    assert administrator.post(url, {"post": "yes"}).status_code == 302
    assert not Municipality.objects.exists()


def test_service_area_is_marked_for_many_and_logged(administrator, kamagaya):
    action = {"_selected_action": [kamagaya.pk]}
    administrator.post(LIST, action | {"action": "take_out_of_service_area"})
    assert not Municipality.objects.in_service_area().exists()
    administrator.post(LIST, action | {"action": "put_into_service_area"})
    assert Municipality.objects.in_service_area().exists()
    assert LogEntry.objects.count() == 2


def test_desks_are_verified_today(administrator):
    desk = DeskFactory(verified_on=None)
    data = {"action": "verify_today", "_selected_action": [desk.pk]}
    administrator.post(DESKS, data)
    desk.refresh_from_db()
    assert desk.verified_on == fiscal.local_date()
    assert LogEntry.objects.count() == 1


def test_desk_with_a_wrong_number_or_future_day_is_refused(administrator, kamagaya):
    url = reverse("admin:municipalities_desk_add")
    data = {
        "municipality": kamagaya.pk,
        "kind": "municipal",
        "name": "高齢福祉課",
        "phone": "でんわ",
        "verified_on": "2099/1/1",
    }
    page = administrator.post(url, data)
    assert set(page.context["adminform"].form.errors) == {"phone", "verified_on"}
    good = data | {"phone": "047-000-0000", "verified_on": "R5.4.1"}
    assert administrator.post(url, good).status_code == 302
    assert Desk.objects.get().verified_on == dt.date(2023, 4, 1)


def test_desks_are_searched_by_the_name_of_the_municipality(administrator, kamagaya):
    DeskFactory(municipality=kamagaya)
    DeskFactory()
    page = administrator.get(DESKS, {"q": "かまがや"})
    assert page.context["cl"].result_count == 1


def test_autocomplete_finds_by_kana(administrator, kamagaya):
    query = {
        "app_label": "municipalities",
        "model_name": "desk",
        "field_name": "municipality",
        "term": "カマガヤ",
    }
    page = administrator.get(reverse("admin:autocomplete"), query)
    assert [row["text"] for row in page.json()["results"]] == ["千葉県鎌ケ谷市"]


@pytest.mark.parametrize("url", [LIST, DESKS, COURSES])
def test_query_count_does_not_grow_with_rows(
    administrator, url, django_assert_max_num_queries, django_assert_num_queries
):
    DeskFactory()
    CourseAreaFactory()
    administrator.get(url)
    with django_assert_max_num_queries(15) as few:
        administrator.get(url)
    DeskFactory.create_batch(20)
    CourseAreaFactory.create_batch(20)
    with django_assert_num_queries(len(few)):
        administrator.get(url)


def desk_data(municipality, **changes):
    return {
        "municipality": municipality.pk,
        "kind": "municipal",
        "name": "高齢福祉課",
        "phone": "047-000-0000",
        "opening_hours": "平日 8:30-17:15",
        "is_active": "on",
    } | changes


def test_new_hours_must_be_readable_and_old_ones_stay(administrator, kamagaya):
    desk = DeskFactory(municipality=kamagaya, opening_hours="要確認")
    url = reverse("admin:municipalities_desk_change", args=[desk.pk])
    data = desk_data(kamagaya, name="新しい名前", opening_hours="要確認")
    assert administrator.post(url, data).status_code == 302
    page = administrator.post(url, data | {"opening_hours": "8時ごろから"})
    assert list(page.context["adminform"].form.errors) == ["opening_hours"]
    assert administrator.post(url, data | {"opening_hours": ""}).status_code == 302


def test_desk_does_not_stand_in_for_itself(administrator, kamagaya):
    desk = DeskFactory(municipality=kamagaya)
    other = DeskFactory()
    url = reverse("admin:municipalities_desk_change", args=[desk.pk])
    page = administrator.post(url, desk_data(kamagaya, fallback=desk.pk))
    assert list(page.context["adminform"].form.errors) == ["fallback"]
    administrator.post(url, desk_data(kamagaya, fallback=other.pk))
    desk.refresh_from_db()
    assert desk.fallback == other


def test_course_is_kept_with_its_areas(administrator, kamagaya, workplace):
    url = reverse("admin:municipalities_deliverycourse_add")
    data = {
        "workplace": workplace.pk,
        "code": "K001",
        "is_active": "on",
        "areas-TOTAL_FORMS": "1",
        "areas-INITIAL_FORMS": "0",
        "areas-0-municipality": kamagaya.pk,
        "areas-0-sub_area": "東地区",
    }
    assert administrator.post(url, data).status_code == 302
    course = DeliveryCourse.objects.get()
    assert course.areas.get().sub_area == "東地区"
    assert administrator.post(url, data).status_code == 200  # the code is taken


def test_course_is_found_by_a_municipality_once(administrator, kamagaya):
    area = CourseAreaFactory(municipality=kamagaya)
    CourseAreaFactory(course=area.course, municipality=kamagaya, sub_area="東")
    CourseAreaFactory()
    page = administrator.get(COURSES, {"q": "かまがや"})
    assert page.context["cl"].result_count == 1
    page = administrator.get(
        COURSES, {"workplace__id__exact": area.course.workplace_id}
    )
    assert page.context["cl"].result_count == 1
