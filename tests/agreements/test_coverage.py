"""Coverage on any day, and municipalities not yet visited."""

import datetime as dt

import pytest
from django.urls import reverse

from agreements.services import coverage_on, grid_on, not_visited_in
from core import fiscal
from tests.agreements.factories import AgreementFactory, VisitFactory
from tests.municipalities.factories import MunicipalityFactory

URL = reverse("agreements:coverage")
DAY = dt.date(2017, 3, 20)


@pytest.mark.django_db
def test_coverage_counts_municipalities_that_exist_on_the_day():
    AgreementFactory()
    MunicipalityFactory()
    MunicipalityFactory(valid_until=dt.date(2017, 3, 19))
    MunicipalityFactory(is_in_service_area=False)
    (row,) = coverage_on(DAY)
    assert (row.in_force, row.in_area) == (1, 2)


def test_page_shows_the_share_and_lists_who_has_none(manager, outsider):
    AgreementFactory()
    lonely = MunicipalityFactory()
    page = manager.get(reverse("agreements:coverage"), {"on": "H29.3.20"})
    assert "50.0%" in page.text
    assert lonely.name in page.text
    assert outsider.get(reverse("agreements:coverage")).status_code == 403


def test_unreadable_day_is_explained(manager):
    page = manager.get(reverse("agreements:coverage"), {"on": "5/4/30"})
    assert page.context["form"].errors


@pytest.mark.django_db
def test_planned_visit_does_not_count_as_visited():
    VisitFactory(visited_on=dt.date(2016, 10, 1))
    planned = VisitFactory(visited_on=dt.date(2016, 10, 1), state="planned")
    assert list(not_visited_in(2016)) == [planned.municipality]


def test_list_names_the_last_visit(coordinator):
    VisitFactory(visited_on=dt.date(2016, 10, 3))
    page = coordinator.get(reverse("agreements:unvisited_list"))
    assert "2016/10/03" in page.text
    assert fiscal.current_year() > 2016


def states(page):
    cells = [
        cell for one in page.context["grid"]["prefectures"] for cell in one["cells"]
    ]
    return {cell["name"]: cell["state"] for cell in cells}


def test_grid_shows_each_municipality_of_the_area_as_of_any_day(manager):
    begun = {"signed_on": dt.date(2015, 4, 1), "in_force_from": dt.date(2015, 4, 1)}
    for name, until in (("いま", None), ("むかし", dt.date(2016, 3, 31))):
        place = MunicipalityFactory(name=f"{name}市")
        AgreementFactory(municipality=place, in_force_until=until, **begun)
    MunicipalityFactory(name="なし市")
    MunicipalityFactory(name="区域外市", is_in_service_area=False)
    page = manager.get(URL, {"on": "2016/4/1"})
    expected = {"いま市": "in_force", "むかし市": "ended", "なし市": "none"}
    assert states(page) == expected
    assert page.context["grid"]["states"] == {"in_force": 1, "ended": 1, "none": 1}
    earlier = states(manager.get(URL, {"on": "平成28年3月31日"}))
    assert earlier["むかし市"] == "in_force"
    assert set(states(manager.get(URL, {"on": "2015/3/31"})).values()) == {"none"}


@pytest.mark.django_db
def test_grid_costs_one_query_for_any_number_of_municipalities(
    django_assert_num_queries,
):
    MunicipalityFactory.create_batch(20)
    with django_assert_num_queries(1):
        assert sum(len(one["cells"]) for one in grid_on(dt.date(2016, 4, 1))) == 20
