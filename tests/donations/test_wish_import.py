"""Bringing in lists of schools' wishes."""

import datetime as dt
from io import BytesIO

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from donations.models import Donation, School
from tests.donations.factories import (
    CampaignFactory,
    ItemFactory,
    SchoolFactory,
    SentDonationFactory,
)
from tests.municipalities.factories import MunicipalityFactory

URL = reverse("donations:wish_import", args=[2016])
APPLY = reverse("donations:wish_apply", args=[2016])
HEADER = "市区町村,学校名,品目,希望数"
GOOD = ("見本市,見本第一小学校,横断旗,３", "千葉県見本市,架空小学校,crossing_flag,4")


@pytest.fixture
def place(db):
    ItemFactory()
    CampaignFactory()
    place = MunicipalityFactory(name="見本市", code="121002")
    for name in ("見本第一小学校", "架空小学校"):
        SchoolFactory(municipality=place, name=name)
    return place


@pytest.fixture
def check(coordinator, place):
    """Send a list; return the preview, or the form with errors."""

    def check(*rows, header=HEADER, encoding="utf-8-sig", **data):
        content = "\r\n".join([header, *rows]).encode(encoding)
        file = SimpleUploadedFile("list.csv", content)
        return coordinator.post(URL, {"file": file, **data})

    return check


def errors(page):
    return page.context["form"].errors["file"]


@pytest.fixture
def bring(check, coordinator):
    """Check a list and take it over."""

    def bring(*rows, **data):
        token = check(*rows, **data).context["token"]
        return coordinator.post(APPLY, {"token": token})

    return bring


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_nothing_is_saved_before_the_list_is_taken_over(check, coordinator, encoding):
    page = check(*GOOD, encoding=encoding)
    assert page.context["plan"].created == 2
    assert not Donation.objects.exists()
    coordinator.post(APPLY, {"token": page.context["token"]})
    wishes = Donation.objects.order_by("wished").values_list("wished", flat=True)
    assert list(wishes) == [3, 4]


def test_workbook_is_read_and_numbers_in_it(coordinator, place):
    book = Workbook()
    book.active.append(HEADER.split(","))
    book.active.append([121002, "見本第一小学校", "横断旗", 3])
    content = BytesIO()
    book.save(content)
    file = SimpleUploadedFile("list.xlsx", content.getvalue())
    page = coordinator.post(URL, {"file": file})
    assert page.context["plan"].created == 1


def test_same_list_twice_changes_nothing_and_another_number_does(bring):
    bring(*GOOD)
    bring(*GOOD)
    assert Donation.objects.count() == 2
    bring("見本市,見本第一小学校,横断旗,9")
    assert Donation.objects.get(school__name="見本第一小学校").wished == 9


def test_message_tells_what_became_of_the_list(bring):
    [first] = get_messages(bring(*GOOD).wsgi_request)
    assert [n for n in str(first) if n.isdigit()] == ["2", "0", "0"]


def test_second_click_changes_nothing(check, coordinator):
    token = check(*GOOD).context["token"]
    for _ in range(2):
        assert coordinator.post(APPLY, {"token": token}).url.endswith("/2016/")
    assert Donation.objects.count() == 2


def test_list_of_somebody_else_cannot_be_taken_over(check, client, manager):
    token = check(*GOOD).context["token"]
    assert manager.post(APPLY, {"token": token}).status_code == 403


@pytest.mark.parametrize("token", ["", "x" * 32, "../..", "あ"])
def test_unknown_token_is_explained(coordinator, place, token):
    answer = coordinator.post(APPLY, {"token": token})
    [message] = get_messages(answer.wsgi_request)
    assert message.level_tag == "error"
    assert answer.url == URL


def test_unknown_schools_are_recorded_only_when_asked(check, bring):
    rows = ("見本市,新しい小学校,横断旗,3,小学校,2600001", *GOOD)
    header = f"{HEADER},種別,郵便番号"
    rows = (rows[0], *(f"{row},," for row in GOOD))
    [message] = errors(check(*rows, header=header))
    assert "学校名" in message
    bring(*rows, header=header, add_schools="on")
    school = School.objects.get(name="新しい小学校")
    assert school.postal_code == "260-0001"
    assert school.donations.get().wished == 3


def test_new_school_with_two_items_is_recorded_once(bring):
    ItemFactory(code="school_bag_cover", name="ランドセルカバー", unit="枚")
    bring(
        "見本市,新しい小学校,横断旗,3",
        "見本市,新しい 小学校,ランドセルカバー,40",
        add_schools="on",
    )
    assert School.objects.get(name="新しい小学校").donations.count() == 2


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("ない市,見本第一小学校,横断旗,3", "市区町村"),
        ("見本市,ない小学校,横断旗,3", "学校名"),
        ("見本市,見本第一小学校,鉛筆,3", "品目"),
        ("見本市,見本第一小学校,横断旗,0", "希望数"),
        ("見本市,見本第一小学校,横断旗,-3", "希望数"),
        ("見本市,見本第一小学校,横断旗,約3", "希望数"),
        ("見本市,見本第一小学校,横断旗,", "希望数"),
        ("見本市,架空小学校,横断旗,5", "学校名"),
        ("見本市,閉校小学校,横断旗,5", "学校名"),
    ],
)
def test_one_wrong_row_stops_all_and_is_named(check, place, row, column):
    SchoolFactory(
        municipality=place, name="閉校小学校", valid_until=dt.date(2016, 4, 30)
    )
    good = GOOD[1]
    [message] = errors(check(good, row))
    assert "list.csv" in message
    assert "3" in message
    assert column in message
    assert not Donation.objects.exists()


def test_wish_that_was_sent_stays(check, place):
    school = School.objects.get(name="架空小学校")
    SentDonationFactory(school=school, wished=10)
    [message] = errors(check("見本市,架空小学校,横断旗,11"))
    assert "希望数" in message
    page = check("見本市,架空小学校,横断旗,10")
    assert page.context["plan"].unchanged == 1


def test_new_school_with_bad_fields_is_refused(check):
    header = f"{HEADER},種別,郵便番号"
    row = "見本市,新しい小学校,横断旗,3,塾,26-1"
    found = errors(check(row, header=header, add_schools="on"))
    assert sorted("種別" in message for message in found) == [False, True]


def test_problems_stand_in_the_order_of_the_rows(check):
    found = errors(check("見本市,見本第一小学校,鉛筆,3", "ない市,小,横断旗,3"))
    assert ["品目" in message for message in found] == [True, False]


def test_many_problems_are_not_all_shown(check):
    found = errors(check(*["ない市,小,横断旗,3"] * 50))
    assert len(found) == 21


def test_long_list_costs_no_more_queries_to_check(
    check, place, django_assert_max_num_queries, django_assert_num_queries
):
    with django_assert_max_num_queries(30) as few:
        check(GOOD[0])
    for number in range(20):
        SchoolFactory(municipality=place, name=f"見本{number}小学校")
    rows = [f"見本市,見本{number}小学校,横断旗,3" for number in range(20)]
    with django_assert_num_queries(len(few)):
        check(*rows)
