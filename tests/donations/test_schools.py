"""Schools: list, form and suggestions."""

import datetime as dt

import pytest
from django.urls import reverse

from donations.models import School
from tests.donations.factories import SchoolFactory, SentDonationFactory
from tests.municipalities.factories import MunicipalityFactory

LIST = reverse("donations:school_list")
CREATE = reverse("donations:school_create")


@pytest.fixture
def data(db):
    MunicipalityFactory(name="見本市")
    return {
        "municipality": "見本市",
        "name": "見本市立見本第一小学校",
        "kind": "elementary",
        "postal_code": "〒２６０－０００１",
        "address": "千葉県見本市架空町1",
    }


def test_coordinator_records_a_school_and_manager_may_not(coordinator, manager, data):
    assert manager.post(CREATE, data).status_code == 403
    assert coordinator.post(CREATE, data).status_code == 302
    assert School.objects.get().postal_code == "260-0001"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"postal_code": "26-0001"}, "postal_code"),
        ({"municipality": "999999"}, "municipality"),
        ({"name": "見本\u202e小学校"}, "name"),
        ({"valid_from": "2020/4/1", "valid_until": "2020/3/31"}, "valid_until"),
    ],
)
def test_bad_input_is_explained(coordinator, data, changes, field):
    page = coordinator.post(CREATE, data | changes)
    assert list(page.context["form"].errors) == [field]


def test_list_shows_the_schools_open_on_a_day(manager):
    SchoolFactory(valid_until=dt.date(2017, 3, 31))
    SchoolFactory(valid_from=dt.date(2017, 4, 1))
    for day, count in (("2017-03-31", 1), ("2017-04-01", 1)):
        assert manager.get(LIST, {"on": day}).context["summary"]["count"] == count


def test_page_lists_what_the_school_was_given(manager, outsider):
    donation = SentDonationFactory()
    page = manager.get(donation.school.get_absolute_url())
    assert list(page.context["donations"]) == [donation]
    assert outsider.get(donation.school.get_absolute_url()).status_code == 403


def test_suggestions_find_name_and_municipality(coordinator):
    school = SchoolFactory(name="架空小学校", municipality__name="鎌ケ谷市")
    SchoolFactory()
    url = reverse("donations:school_suggest")
    assert f"鎌ケ谷市 {school.name}" in coordinator.get(url, {"q": "鎌ヶ谷 架空"}).text
    assert "option" not in coordinator.get(url, {"q": " "}).text


def test_query_count_does_not_grow_with_rows(
    manager, django_assert_max_num_queries, django_assert_num_queries
):
    SchoolFactory()
    with django_assert_max_num_queries(20) as few:
        manager.get(LIST)
    SchoolFactory.create_batch(20)
    with django_assert_num_queries(len(few)):
        manager.get(LIST)
