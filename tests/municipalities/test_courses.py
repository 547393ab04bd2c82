"""The list of delivery courses, and the wallet sheet."""

import datetime as dt

import pytest
from django.urls import reverse

from core import fiscal
from municipalities.desks import wallet_cards
from municipalities.models import Desk
from tests.municipalities.factories import (
    CourseAreaFactory,
    DeliveryCourseFactory,
    DeskFactory,
    MunicipalityFactory,
)

LIST = reverse("municipalities:course_list")
TODAY = dt.date(2026, 11, 24)


def wallet(course):
    return reverse("municipalities:course_wallet", args=[course.pk])


@pytest.fixture
def place(db):
    return MunicipalityFactory(name="鎌ケ谷市", kana="かまがやし")


@pytest.fixture
def course(place):
    course = DeliveryCourseFactory(code="301", name="月曜コース")
    CourseAreaFactory(course=course, municipality=place)
    return course


def cards(course, client):
    found = wallet_cards(course, user=client.user, today=TODAY)
    return [[desk.name for desk, _is_unverified in card.desks] for card in found]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"q": "３０１"}, 1),
        ({"q": "月曜"}, 1),
        ({"municipality": "鎌ケ谷市"}, 1),
        ({"municipality": "千葉県鎌ケ谷市", "q": "X"}, 0),
    ],
)
def test_courses_are_filtered(staff, course, place, query, count):
    CourseAreaFactory(course=course, municipality=place, sub_area="東")
    CourseAreaFactory()
    DeliveryCourseFactory(code="3010", is_active=False)
    page = staff.get(LIST, query)
    assert page.context["summary"]["count"] == count


def test_courses_are_filtered_by_workplace_and_show_their_areas(staff, course, place):
    CourseAreaFactory(course=course, municipality=place, sub_area="東地区")
    foreign = CourseAreaFactory()
    page = staff.get(LIST, {"workplace": course.workplace_id})
    assert "鎌ケ谷市、鎌ケ谷市(東地区)" in page.text
    assert wallet(course) in page.text
    assert foreign.municipality.name not in page.text


def test_everybody_with_a_role_opens_the_sheet_and_an_outsider_does_not(
    staff, outsider, course
):
    for url in (LIST, wallet(course)):
        assert staff.get(url).status_code == 200
        assert outsider.get(url).status_code == 403
    assert staff.get(wallet(course) + "x").status_code == 404
    assert staff.post(wallet(course)).status_code == 405


def test_sheet_shows_119_first_and_what_a_driver_needs(staff, course, place):
    today = fiscal.local_date()
    stand_in = DeskFactory(name="守衛室", phone="000-1")
    values = {"municipality": place, "opening_hours": "平日 8:30-17:15"}
    DeskFactory(name="高齢福祉課", verified_on=today, out_of_hours="代表へ", **values)
    DeskFactory(name="介護課", verified_on=None, fallback=stand_in, **values)
    text = staff.get(wallet(course)).text
    card = text[text.index("wallet-card") :]
    order = ["119", "鎌ケ谷市", "介護課", "守衛室 000-1", "高齢福祉課", "代表へ"]
    places = [card.index(word) for word in order]
    assert places == sorted(places)
    assert "平日 8:30-17:15" in card
    assert card.count("※") == 1


def test_course_without_areas_or_desks_says_so(staff, course):
    assert "wallet-card" in staff.get(wallet(course)).text
    assert "wallet-card" not in staff.get(wallet(DeliveryCourseFactory())).text


def test_desks_of_other_sub_areas_stay_off_the_card(staff, place):
    area = CourseAreaFactory(municipality=place, sub_area="東地区")
    support = {"municipality": place, "kind": Desk.Kind.COMMUNITY_SUPPORT}
    DeskFactory(name="東", sub_area="東 地区", **support)
    DeskFactory(name="西", sub_area="西地区", **support)
    DeskFactory(name="役所", municipality=place)
    DeskFactory(name="廃止", municipality=place, is_active=False)
    assert cards(area.course, staff) == [["東", "役所"]]
    CourseAreaFactory(course=area.course, municipality=place, sub_area="西地区")
    assert cards(area.course, staff) == [["東", "西", "役所"]]
    CourseAreaFactory(course=area.course, municipality=place)
    assert cards(area.course, staff) == [["東", "西", "役所"]]


@pytest.mark.parametrize(
    ("out_of_hours", "parts"), [("", [4, 1]), ("代表へ", [3, 2]), ("あ" * 200, [1] * 5)]
)
def test_what_does_not_fit_goes_on_the_next_card(
    staff, course, place, out_of_hours, parts
):
    values = {"opening_hours": "平日 8:30-17:15", "out_of_hours": out_of_hours}
    DeskFactory.create_batch(5, municipality=place, **values)
    found = wallet_cards(course, user=staff.user, today=TODAY)
    assert [len(card.desks) for card in found] == parts
    assert {card.count for card in found} == {len(parts)}
    assert [card.number for card in found] == list(range(1, len(parts) + 1))


def test_query_count_does_not_grow_with_rows(
    staff, course, place, django_assert_max_num_queries, django_assert_num_queries
):
    DeskFactory(municipality=place)
    counts = {}
    for url in (LIST, wallet(course)):
        with django_assert_max_num_queries(15) as few:
            staff.get(url)
        counts[url] = len(few)
    for _number in range(10):
        area = CourseAreaFactory(course=course)
        DeskFactory(municipality=area.municipality, fallback=DeskFactory())
        CourseAreaFactory()
    for url, count in counts.items():
        with django_assert_num_queries(count):
            staff.get(url)
