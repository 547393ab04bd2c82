"""Values of the program's own indicators at the edges of a year."""

import datetime as dt

import pytest

from dashboard.indicators import Moment, registry
from tests.agreements.factories import AgreementFactory, VisitFactory
from tests.municipalities.factories import MunicipalityFactory

YEARS = [Moment(2016, dt.date(2017, 3, 20)), Moment(2017, dt.date(2018, 3, 20))]


def numbers(key, by=""):
    found = registry[key].numbers(YEARS, by)
    return {place: number.value for place, number in found.items()}


@pytest.mark.django_db
def test_agreement_counts_on_its_last_day_and_not_after():
    AgreementFactory(in_force_until=dt.date(2017, 3, 20))
    assert numbers("agreements.in_force") == {(2016, ""): 1}


@pytest.mark.django_db
def test_municipality_with_two_agreements_counts_once():
    place = MunicipalityFactory()
    AgreementFactory(municipality=place)
    AgreementFactory(municipality=place, kind="comprehensive")
    assert numbers("agreements.in_force")[2016, ""] == 1
    assert numbers("agreements.in_force", "municipality")[2016, place.code] == 1


@pytest.mark.django_db
def test_agreement_outside_the_service_area_does_not_count():
    AgreementFactory(municipality__is_in_service_area=False)
    assert numbers("agreements.in_force") == {}


@pytest.mark.django_db
def test_visit_belongs_to_the_year_of_its_day():
    VisitFactory(visited_on=dt.date(2017, 3, 20))
    VisitFactory(visited_on=dt.date(2017, 3, 21), met_head=False)
    assert numbers("agreements.visits") == {(2016, ""): 1, (2017, ""): 1}
    assert numbers("agreements.municipalities_visited") == {(2016, ""): 1}


@pytest.mark.django_db
def test_agreement_ends_with_its_municipality():
    merged = MunicipalityFactory(valid_until=dt.date(2018, 3, 19))
    agreement = AgreementFactory(municipality=merged)
    assert numbers("agreements.in_force") == {(2016, ""): 1}
    assert agreement.is_in_force(dt.date(2018, 3, 19))
    assert not agreement.is_in_force(dt.date(2018, 3, 20))
