"""Course, postal code and municipality lead to the desk; nothing typed is lost."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alerts.models import IncidentReport
from municipalities.models import CourseArea, DeliveryCourse, PostalCode
from tests.accounts.factories import WorkplaceFactory
from tests.alerts.test_report_form import KEY, URL, typed
from tests.municipalities.factories import DeskFactory, MunicipalityFactory

HTMX = {"HX-Request": "true"}


@pytest.fixture
def place(db):
    return MunicipalityFactory(name="見本市")


def course_of(workplace, *municipalities, sub_area=""):
    course = DeliveryCourse.objects.create(workplace=workplace, code="A1")
    for municipality in municipalities:
        CourseArea.objects.create(
            course=course, municipality=municipality, sub_area=sub_area
        )
    return course


def test_postal_code_of_one_municipality_fills_it_in_and_keeps_what_was_typed(
    staff, place
):
    PostalCode.objects.create(code="2730000", municipality=place)
    desk = DeskFactory(municipality=place)
    page = staff.post(URL, typed(lookup="postal_code", municipality=""))
    assert f'value="{place}"' in page.text
    assert desk.name in page.text
    assert "新聞がたまっています。" in page.text
    assert f'value="{KEY}"' in page.text
    assert "field-error" not in page.text
    assert page.text.count("checked") >= 3
    assert not IncidentReport.objects.exists()


def test_postal_code_that_spans_several_offers_the_choice(staff, place):
    other = MunicipalityFactory()
    for municipality in (place, other):
        PostalCode.objects.create(code="2730000", municipality=municipality)
    page = staff.post(URL, typed(lookup="postal_code", municipality=""))
    assert f'value="{other.code}"' in page.text
    chosen = staff.post(URL, typed(lookup=other.code, municipality=""))
    assert f'value="{other}"' in chosen.text


def test_unknown_postal_code_says_so(staff, place):
    page = staff.post(URL, typed(lookup="postal_code", municipality=""))
    assert page.text.count("field-error") == 1


def test_course_proposes_its_municipality_and_the_person_decides(staff, place):
    course = course_of(staff.user.workplace, place)
    page = staff.post(URL, typed(lookup="course", course=course.pk, municipality=""))
    assert f'value="{place}"' in page.text
    other = MunicipalityFactory()
    staff.post(URL, typed(course=course.pk, municipality=other.code))
    report = IncidentReport.objects.get()
    assert (report.course, report.municipality) == (course, other)


def test_course_through_several_municipalities_offers_the_choice(staff, place):
    other = MunicipalityFactory()
    course = course_of(staff.user.workplace, place, other)
    page = staff.post(URL, typed(lookup="course", course=course.pk, municipality=""))
    assert f'value="{place.code}"' in page.text
    assert f'value="{other.code}"' in page.text


def test_course_of_another_workplace_proposes_nothing_and_is_refused(staff, place):
    course_of(staff.user.workplace, place)
    foreign = course_of(WorkplaceFactory(), MunicipalityFactory(name="余所市"))
    page = staff.post(URL, typed(lookup="course", course=foreign.pk))
    assert "余所市" not in page.text
    page = staff.post(URL, typed(course=foreign.pk))
    assert list(page.context["form"].errors) == ["course"]


def test_course_is_not_asked_for_where_there_is_none(staff, place):
    assert "course" not in staff.get(URL, {"step": "form"}).context["form"].fields


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("child", ["児童", "役所"]),
        ("elderly", ["包括", "役所"]),
        ("disabled", ["障がい", "役所"]),
        ("", ["役所", "包括", "児童", "障がい"]),
    ],
)
def test_kind_of_person_decides_the_desks_and_their_order(
    staff, place, person, expected
):
    for kind, name in (
        ("municipal", "役所"),
        ("community_support", "包括"),
        ("children", "児童"),
        ("disability", "障がい"),
    ):
        DeskFactory(municipality=place, kind=kind, name=name)
    page = staff.post(URL, typed(lookup="desks", person_kind=person))
    assert [call.desk.name for call in page.context["calls"]] == expected


def test_htmx_gets_the_parts_that_change_and_no_field(staff, outsider, place):
    desk = DeskFactory(municipality=place, phone="047-111-2222")
    DeskFactory(municipality=place, name="閉鎖", is_active=False)
    part = staff.post(URL, typed(lookup="desks"), headers=HTMX)
    assert desk.name in part.text
    assert 'href="tel:0471112222"' in part.text
    assert "閉鎖" not in part.text
    assert "<input" not in part.text
    found = staff.post(URL, typed(lookup=place.code), headers=HTMX)
    assert f'data-proposed="{place}"' in found.text
    assert "hx-swap-oob" in found.text
    assert "<input" not in found.text
    nothing = staff.post(
        URL, typed(lookup="desks", municipality="架空市"), headers=HTMX
    )
    assert "tel:" not in nothing.text
    assert outsider.post(URL, typed(lookup="desks"), headers=HTMX).status_code == 403


def test_queries_of_a_look_up_do_not_grow_with_desks(
    staff, place, django_assert_num_queries
):
    DeskFactory(municipality=place)
    with CaptureQueriesContext(connection) as one:
        staff.post(URL, typed(lookup="desks"), headers=HTMX)
    for _ in range(9):
        DeskFactory(municipality=place)
    with django_assert_num_queries(len(one)):
        staff.post(URL, typed(lookup="desks"), headers=HTMX)


def test_look_up_after_the_sign_in_expired_leads_to_the_sign_in(place):
    answer = Client().post(URL, typed(lookup="desks"), headers=HTMX)
    assert "/login/" in answer.headers["HX-Redirect"]
    assert "新聞" not in answer.headers["HX-Redirect"]


def test_officer_cannot_record_a_course_of_another_workplace_than_chosen(
    officer, place
):
    course = course_of(officer.user.workplace, place)
    other = WorkplaceFactory()
    page = officer.post(URL, typed(workplace=other.pk, course=course.pk))
    assert list(page.context["form"].errors) == ["course"]


def test_desk_of_the_part_of_town_that_the_course_serves_comes_first(staff, place):
    course = course_of(staff.user.workplace, place, sub_area="南")
    for name, sub_area in (("全域", ""), ("北の窓口", "北"), ("南の窓口", "南")):
        DeskFactory(municipality=place, name=name, sub_area=sub_area)
    page = staff.post(URL, typed(lookup="desks", course=course.pk))
    assert page.context["calls"][0].desk.name == "南の窓口"


@pytest.mark.parametrize("wish", ["course", "desks"])
def test_number_of_a_course_that_is_too_long_loses_nothing(staff, place, wish):
    page = staff.post(URL, typed(lookup=wish, course="9" * 5000))
    assert page.status_code == 200
    assert "新聞がたまっています。" in page.text
