"""Agreements that ran out and visits left planned are found before closing."""

import datetime as dt

import pytest

from agreements.checks import ended_without_successor, still_planned
from agreements.models import Visit
from dashboard.checks import Context
from tests.agreements.factories import AgreementFactory, VisitFactory
from tests.municipalities.factories import MunicipalityFactory

pytestmark = pytest.mark.django_db
YEAR_END = dt.date(2017, 3, 20)


def look(find, year=2016, today=dt.date(2018, 6, 1)):
    context = Context(year=year, today=today, book=None, change_percent=30)
    return list(find(context))


def ended():
    return look(ended_without_successor)


def day(*parts):
    return dt.date(*parts)


def test_agreement_that_ran_out_is_found_once_per_municipality():
    place = MunicipalityFactory(name="見本市")
    AgreementFactory(municipality=place, in_force_until=day(2016, 9, 30))
    last = AgreementFactory(
        municipality=place,
        in_force_from=day(2016, 10, 1),
        in_force_until=day(2017, 1, 31),
    )
    (found,) = ended()
    assert "見本市" in found.text
    assert found.url == last.get_absolute_url()


@pytest.mark.parametrize("until", [day(2016, 4, 1), YEAR_END])
def test_first_and_last_day_of_the_year_are_within_it(until):
    AgreementFactory(in_force_until=until)
    assert len(ended()) == 1


def test_agreement_that_ends_after_the_year_is_left_alone():
    AgreementFactory(in_force_until=YEAR_END + dt.timedelta(days=1))
    AgreementFactory()
    assert ended() == []


def test_successor_that_begins_on_the_day_after_is_enough():
    place = MunicipalityFactory()
    AgreementFactory(municipality=place, in_force_until=YEAR_END)
    AgreementFactory(municipality=place, in_force_from=day(2017, 3, 21))
    assert ended() == []


def test_merged_municipality_needs_an_agreement_of_its_successor():
    new = MunicipalityFactory()
    old = MunicipalityFactory(valid_until=day(2016, 12, 31), successor=new)
    AgreementFactory(municipality=old)
    assert len(ended()) == 1
    AgreementFactory(municipality=new, in_force_from=day(2017, 1, 1))
    assert ended() == []


def test_planned_visit_of_the_past_is_found_and_opens_its_page():
    visit = VisitFactory(state=Visit.State.PLANNED)
    VisitFactory()
    VisitFactory(state=Visit.State.CANCELLED)
    VisitFactory(state=Visit.State.PLANNED, visited_on=day(2017, 10, 3))
    (found,) = look(still_planned)
    assert found.url == visit.get_absolute_url()


def test_visit_planned_for_today_or_later_is_left_alone():
    VisitFactory(state=Visit.State.PLANNED, visited_on=day(2016, 10, 3))
    assert look(still_planned, today=day(2016, 10, 3)) == []
    assert len(look(still_planned, today=day(2016, 10, 4))) == 1


@pytest.mark.parametrize("find", [ended_without_successor, still_planned])
def test_one_query_however_many_rows(find, django_assert_num_queries):
    AgreementFactory.create_batch(3, in_force_until=YEAR_END)
    VisitFactory.create_batch(3, state=Visit.State.PLANNED)
    with django_assert_num_queries(1):
        look(find)
