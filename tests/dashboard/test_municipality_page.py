"""The figures of one municipality."""

import csv
import io

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from tests.agreements.factories import AgreementFactory, VisitFactory
from tests.dashboard.conftest import COVERAGE, VISITS
from tests.dashboard.factories import AnnualFigureFactory
from tests.municipalities.factories import DeskFactory

pytestmark = pytest.mark.usefixtures("small_registry")


def address(place):
    return reverse("dashboard:municipality", args=[place.code])


def figures(page):
    return {indicator.key: found for indicator, found in page.context["table"]}


def test_figures_are_those_of_the_municipality_alone(manager):
    place = VisitFactory().municipality
    VisitFactory()
    found = figures(manager.get(address(place), {"year": 2016}))[VISITS.key]
    assert [f and f.value for f in found] == [1, None, None, None, None]
    assert manager.get(found[0].url).context["summary"]["count"] == 1


def test_closed_figure_of_the_municipality_is_shown(manager):
    place = VisitFactory().municipality
    AnnualFigureFactory(breakdown=f"municipality={place.code}", value=2, closed=True)
    found = figures(manager.get(address(place), {"year": 2016}))[VISITS.key][0]
    assert (found.status, found.value, found.computed_value) == ("closed", 2, 1)


def test_rate_of_a_single_municipality_has_its_parts(manager):
    place = AgreementFactory().municipality
    found = figures(manager.get(address(place), {"year": 2016}))[COVERAGE.key][0]
    assert (found.value, [p.value for p in found.parts]) == (100, [1, 1])


def test_unknown_code_is_not_found(manager):
    url = reverse("dashboard:municipality", args=["999999"])
    assert manager.get(url).status_code == 404


def test_outsider_is_refused_and_staff_finds_the_desks_only(outsider, staff):
    place = VisitFactory().municipality
    DeskFactory(municipality=place, phone="047-000-0000")
    DeskFactory(municipality=place, phone="047-000-0001", is_active=False)
    assert outsider.get(address(place)).status_code == 403
    page = staff.get(address(place))
    assert page.status_code == 200
    assert page.context["table"] == []
    assert 'href="tel:0470000000"' in page.text
    assert "0470000001" not in page.text


def test_figures_come_as_a_file(manager):
    place = VisitFactory().municipality
    manager.cookies["django_language"] = "en"
    page = manager.get(address(place), {"year": 2016})
    answer = manager.get(address(place), {"year": 2016, "export": "csv"})
    rows = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == [
        str(indicator.label) for indicator, _figures in page.context["table"]
    ]
    visits = dict(zip(rows[0], rows[1], strict=True))
    assert (visits["FY2016"], visits["FY2015"]) == ("1", "")
    assert visits["FY2016: Status"] == "Provisional"


def test_query_count_is_the_same_for_one_row_and_twenty(
    manager, django_assert_max_num_queries, django_assert_num_queries
):
    place = AgreementFactory().municipality
    VisitFactory(municipality=place)
    with django_assert_max_num_queries(20) as few:
        manager.get(address(place), {"year": 2016})
    VisitFactory.create_batch(20)
    with django_assert_num_queries(len(few)):
        manager.get(address(place), {"year": 2016})


def test_rights_on_rows_alone_show_no_figures(outsider):
    place = VisitFactory().municipality
    names = ("view_visit", "view_municipality")
    outsider.user.user_permissions.set(Permission.objects.filter(codename__in=names))
    page = outsider.get(address(place), {"year": 2016})
    assert page.status_code == 200
    assert page.context["table"] == []
