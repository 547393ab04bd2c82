"""Which desks to call at an hour, in which order, and what to do instead."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from municipalities.desks import areas_of, desks_to_call
from municipalities.models import Desk
from tests.municipalities.factories import (
    CourseAreaFactory,
    DeskFactory,
    MunicipalityFactory,
)

JAPAN = ZoneInfo("Asia/Tokyo")
OPEN = dt.datetime(2026, 11, 24, 10, tzinfo=JAPAN)
EVENING = dt.datetime(2026, 11, 24, 20, tzinfo=JAPAN)
HOLIDAY = dt.datetime(2026, 11, 23, 10, tzinfo=JAPAN)
YEAR_END = dt.datetime(2026, 12, 28, 20, tzinfo=JAPAN)
OFFICE = "平日 8:30-17:15"
SUPPORT, CHILDREN, POLICE = (
    Desk.Kind.COMMUNITY_SUPPORT,
    Desk.Kind.CHILDREN,
    Desk.Kind.POLICE,
)


@pytest.fixture
def place(db):
    return MunicipalityFactory()


@pytest.fixture
def call(staff, place):
    """Return the calls for a place at an hour, the user signed in."""

    def ask(at=OPEN, kinds=(SUPPORT,), sub_area=""):
        options = {"at": at, "kinds": kinds, "sub_area": sub_area}
        return desks_to_call(place, **options, user=staff.user)

    return ask


@pytest.fixture
def add(place):
    def make(name, kind=SUPPORT, opening_hours=OFFICE, **values):
        values = {"municipality": place, "opening_hours": opening_hours, **values}
        return DeskFactory(name=name, kind=kind, **values)

    return make


def names(calls):
    return [call.desk.name for call in calls]


def test_kinds_come_in_the_order_given_and_the_office_last(call, add):
    add("役所", Desk.Kind.MUNICIPAL)
    add("警察", POLICE)
    add("児童", CHILDREN)
    add("包括")
    add("廃止", is_active=False)
    DeskFactory(kind=SUPPORT, name="よその包括")
    assert names(call(kinds=(CHILDREN, SUPPORT))) == ["児童", "包括", "役所"]
    assert names(call(kinds=(SUPPORT, CHILDREN))) == ["包括", "児童", "役所"]
    assert names(call(kinds=(Desk.Kind.MUNICIPAL, SUPPORT))) == ["役所", "包括"]


def test_open_desks_come_first(call, add):
    add("包括", opening_hours="土 9:00-12:00")
    add("役所", Desk.Kind.MUNICIPAL)
    found = call()
    assert names(found) == ["役所", "包括"]
    assert [desk.is_open for desk in found] == [True, False]
    assert found[0].closes_at == OPEN.replace(hour=17, minute=15)
    assert found[1].opens_at == dt.datetime(2026, 11, 28, 9, tzinfo=JAPAN)


def test_desks_whose_hours_cannot_be_read_stand_between(call, add):
    add("不明", opening_hours="要確認")
    add("空欄", opening_hours="")
    add("閉", opening_hours="土 9:00-12:00")
    add("開", POLICE, opening_hours="24時間")
    found = call(kinds=(SUPPORT, POLICE))
    assert names(found) == ["開", "不明", "空欄", "閉"]
    assert [desk.is_open for desk in found] == [True, None, None, False]
    assert found[1].opens_at is None


def test_desks_of_the_sub_area_come_before_those_of_the_whole_place(call, add):
    add("役所", Desk.Kind.MUNICIPAL)
    add("東", sub_area="東地区")
    add("西", sub_area="西地区")
    add("児童", CHILDREN)
    kinds = (CHILDREN, SUPPORT)
    assert names(call(kinds=kinds, sub_area="東地区")) == ["東", "児童", "役所"]
    # Without a sub-area either centre may be the right one.
    assert set(names(call())) == {"東", "西", "役所"}


def test_sub_area_under_another_name_hides_no_desk(call, add):
    add("役所", Desk.Kind.MUNICIPAL)
    add("東", sub_area="東地区")
    assert names(call(sub_area="ひがし小学校区")) == ["役所", "東"]
    assert names(call(sub_area=" 東 地区")) == ["東", "役所"]


def test_fallback_stands_right_behind_the_closed_desk(call, add):
    prefecture = DeskFactory(name="県の窓口", opening_hours="24時間", phone="043-1")
    add("包括", fallback=prefecture)
    add("役所", Desk.Kind.MUNICIPAL)
    assert names(call(OPEN)) == ["包括", "役所"]
    found = call(EVENING)
    assert names(found) == ["包括", "県の窓口", "役所"]
    assert found[1].is_open
    assert found[1].stands_in_for == found[0].desk
    with translation.override("en"):
        first, _stand_in, office = call(EVENING)
    assert first.instruction == "When it is closed, call 県の窓口, 043-1."
    assert "119" in office.instruction
    assert "11/25 (Wed) 8:30" in office.instruction


def test_closed_desk_with_an_open_fallback_comes_before_one_without(call, add):
    guard = add("守衛室", Desk.Kind.OTHER, opening_hours="24時間")
    add("役所", Desk.Kind.MUNICIPAL, fallback=guard)
    add("包括")
    assert names(call(EVENING)) == ["役所", "守衛室", "包括"]


def test_fallbacks_are_followed_to_the_first_open_one_and_never_in_circles(call, add):
    far = DeskFactory(name="遠く", opening_hours="24時間")
    near = DeskFactory(name="近く", opening_hours=OFFICE, fallback=far)
    office = add("役所", Desk.Kind.MUNICIPAL)
    gone = add("廃止", is_active=False, fallback=near)
    add("包括", fallback=gone)
    assert names(call(EVENING)) == ["包括", "近く", "遠く", "役所"]
    far.fallback = Desk.objects.get(name="包括")
    far.opening_hours = "土 9:00-12:00"
    far.save()
    office.fallback = office
    office.save()
    assert names(call(EVENING)) == ["包括", "近く", "遠く", "役所"]


def test_own_text_for_the_closed_hours_wins(call, add):
    other = add("別", Desk.Kind.OTHER)
    add("包括", out_of_hours="守衛室へ", fallback=other)
    assert call(EVENING)[0].instruction == "守衛室へ"
    assert call(OPEN)[0].instruction == ""


def test_without_hours_to_come_the_general_text_names_none(call, add):
    add("包括", opening_hours="要確認")
    with translation.override("en"):
        text = call()[0].instruction
    assert "119" in text
    assert "main number" in text
    assert "from" not in text


def test_holiday_and_year_end_are_closed(call, add):
    add("包括")
    add("警察", POLICE, is_closed_on_holidays=False)
    found = call(HOLIDAY, kinds=(SUPPORT, POLICE))
    assert [(desk.desk.name, desk.is_open) for desk in found] == [
        ("警察", True),
        ("包括", False),
    ]
    assert call(YEAR_END)[0].opens_at == dt.datetime(2027, 1, 4, 8, 30, tzinfo=JAPAN)


def test_unverified_for_a_year_is_marked(call, add):
    add("a", verified_on=dt.date(2025, 11, 23))
    add("b", verified_on=dt.date(2025, 11, 24))
    add("c", verified_on=None)
    assert [desk.is_unverified for desk in call()] == [True, False, True]
    due = Desk.objects.due_for_verification(OPEN.date())
    assert [desk.name for desk in due] == ["a", "c"]


def test_outsider_sees_none(outsider, add, place):
    add("包括")
    found = desks_to_call(place, at=OPEN, kinds=(SUPPORT,), user=outsider.user)
    assert found == []


def test_two_queries_however_many_desks(call, add, django_assert_max_num_queries):
    call()  # the rights of the user
    for number in range(10):
        other = DeskFactory(fallback=DeskFactory())
        add(f"包括{number}", fallback=other)
    with django_assert_max_num_queries(2):
        assert len(call(EVENING)) == 30


def test_areas_of_a_course_cost_one_query(django_assert_num_queries, db):
    area = CourseAreaFactory(sub_area="東地区")
    CourseAreaFactory(course=area.course)
    with django_assert_num_queries(1):
        found = areas_of(area.course)
        assert [str(area.municipality) for area in found]
    assert [area.sub_area for area in found] == ["東地区", ""]
