"""What is shown of an indicator, and what the rows say beside it."""

import datetime as dt
from decimal import Decimal

import pytest

from dashboard.book import Book
from dashboard.figures import Status, change, percent, plain_number
from dashboard.models import AnnualFigure
from tests.agreements.factories import AgreementFactory, VisitFactory
from tests.dashboard.conftest import COVERAGE, IN_AREA, IN_FORCE, VISITS
from tests.dashboard.factories import AnnualFigureFactory
from tests.municipalities.factories import MunicipalityFactory

TODAY = dt.date(2018, 6, 1)
YEAR_END = dt.date(2017, 3, 20)

pytestmark = pytest.mark.usefixtures("small_registry")


def book(today=TODAY, **limits):
    everything = (VISITS, IN_FORCE, IN_AREA, COVERAGE)
    return Book(everything, AnnualFigure.objects.all(), today=today, **limits)


def figure(indicator, year=2016, by="", part="", **kwargs):
    return book(**kwargs).series(indicator, by).get((year, part))


def test_without_anything_a_figure_is_missing_and_not_zero():
    assert figure(VISITS) is None


def test_rows_alone_give_a_provisional_figure():
    VisitFactory()
    found = figure(VISITS)
    assert (found.status, found.value, found.rows) == (Status.PROVISIONAL, 1, 1)
    assert found.url.endswith("?state=held&fiscal_year=2016")


def test_published_figure_is_shown_before_the_rows_and_the_difference_is_flagged():
    VisitFactory()
    AnnualFigureFactory(value=3)
    found = figure(VISITS)
    assert (found.status, found.value) == (Status.PUBLISHED, 3)
    assert found.computed_value == 1
    assert found.is_different


def test_equal_rows_are_no_difference():
    VisitFactory()
    AnnualFigureFactory(value=1)
    assert not figure(VISITS).is_different


def test_published_figure_without_rows_opens_nothing():
    AnnualFigureFactory()
    found = figure(VISITS)
    assert (found.computed, found.url, found.is_different) == (None, "", False)


def test_closed_figure_stands_before_the_published_one_which_stays_visible():
    AnnualFigureFactory(value=3)
    AnnualFigureFactory(value=4, closed=True)
    found = figure(VISITS)
    assert (found.status, found.value) == (Status.CLOSED, 4)
    assert (found.replaced.value, found.is_replaced) == (3, True)


def test_rows_are_compared_as_of_the_day_of_the_stored_figure():
    VisitFactory(visited_on=dt.date(2016, 5, 1))
    VisitFactory(visited_on=dt.date(2016, 11, 1))
    AnnualFigureFactory(value=1, as_of=dt.date(2016, 6, 30))
    found = figure(VISITS)
    assert (found.computed_value, found.is_different) == (1, False)
    assert found.url.endswith("&until=2016-06-30")


def test_figure_without_a_day_is_compared_with_the_whole_year():
    VisitFactory(visited_on=YEAR_END)
    AnnualFigureFactory(value=1, as_of=None)
    found = figure(VISITS)
    assert (found.as_of, found.computed_value) == (None, 1)
    assert found.moment.as_of == YEAR_END


def test_running_year_is_counted_up_to_today():
    VisitFactory(visited_on=dt.date(2018, 6, 1))
    VisitFactory(visited_on=dt.date(2018, 6, 2))
    found = figure(VISITS, 2018)
    assert (found.value, found.as_of) == (1, TODAY)


def test_stock_holds_in_every_year_up_to_the_running_one():
    AgreementFactory(in_force_from=YEAR_END)
    years = [year for year, _part in book().series(IN_FORCE)]
    assert years == [2016, 2017, 2018]


def test_stored_years_lengthen_the_years_of_a_stock():
    long_ago = dt.date(2003, 4, 1)
    AgreementFactory(signed_on=long_ago, in_force_from=long_ago)
    AnnualFigureFactory(fiscal_year=2004, as_of=None)
    assert min(book().series(IN_FORCE)) == (2004, "")


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        ((71, 170), "41.8"),
        ((111, 170), "65.3"),
        ((140, 170), "82.4"),
        ((161, 170), "94.7"),
        ((162, 170), "95.3"),
        ((1, 2000), "0.1"),
        ((0, 170), "0.0"),
    ],
)
def test_ratio_is_rounded_half_up_to_one_decimal(parts, shown):
    assert str(percent(*map(Decimal, parts))) == shown


def test_ratio_without_a_part_or_over_zero_is_missing():
    assert percent(None, Decimal(170)) is None
    assert percent(Decimal(3), None) is None
    assert percent(Decimal(3), Decimal(0)) is None


def test_ratio_keeps_its_parts_and_is_as_sure_as_the_weaker():
    AgreementFactory()
    MunicipalityFactory()
    AnnualFigureFactory(indicator=IN_FORCE.key, value=1, note="注です")
    found = figure(COVERAGE)
    assert found.amount == (None, 1, 2)
    assert (found.value, found.status) == (50, Status.PROVISIONAL)
    assert [part.status for part in found.parts] == ["published", "provisional"]
    assert found.notes == ("注です",)
    assert all(part.url for part in found.parts)


def test_parts_of_a_ratio_speak_of_one_day():
    AgreementFactory(in_force_from=dt.date(2017, 4, 1))
    MunicipalityFactory(valid_from=dt.date(2017, 6, 1))
    day = dt.date(2017, 4, 10)
    AnnualFigureFactory(indicator=IN_FORCE.key, fiscal_year=2017, value=1, as_of=day)
    found = figure(COVERAGE, 2017)
    assert (found.as_of, found.amount) == (day, (None, 1, 1))


def test_stored_ratio_is_compared_with_its_parts_from_rows():
    AgreementFactory()
    AnnualFigureFactory(
        indicator=COVERAGE.key, value=None, numerator=2, denominator=3, printed="66.6%"
    )
    found = figure(COVERAGE)
    assert (found.status, str(found.value), found.printed) == (
        Status.PUBLISHED,
        "66.7",
        "66.6%",
    )
    assert (found.computed_value, found.is_different) == (100, True)


def test_ratio_needs_both_parts():
    MunicipalityFactory()
    assert figure(COVERAGE) is None


def test_part_without_rows_is_zero_when_the_other_parts_have_some():
    VisitFactory(municipality__kind="市")
    AnnualFigureFactory(value=1, breakdown="kind=町")
    found = figure(VISITS, by="kind", part="町")
    assert (found.computed_value, found.is_different) == (0, True)


def test_part_is_not_known_when_no_part_has_rows():
    AnnualFigureFactory(value=1, breakdown="kind=町")
    assert figure(VISITS, by="kind", part="町").computed is None


def test_rows_can_be_narrowed_to_one_place():
    here, there = VisitFactory().municipality, VisitFactory().municipality
    found = book(within=("municipality", here.code)).series(VISITS, "municipality")
    assert set(found) == {(2016, here.code)}
    assert there.code not in str(found)


def test_name_of_a_part_is_that_of_its_choice_or_place():
    place = VisitFactory().municipality
    assert figure(VISITS, by="municipality", part=place.code).name == place.name
    assert figure(VISITS, by="prefecture", part="12").name == "千葉県"
    AnnualFigureFactory(breakdown="prefecture=13")
    assert figure(VISITS, by="prefecture", part="13").name == "東京都"


def test_query_count_does_not_grow(django_assert_num_queries):
    VisitFactory.create_batch(3)
    AnnualFigureFactory(value=1, as_of=None)
    with django_assert_num_queries(4):  # stored, said of it, closings, the rows
        book().series(VISITS)
    with django_assert_num_queries(6):  # and the first year, and the rows of each part
        book().series(COVERAGE)


def test_two_days_of_one_year_cost_one_query_more(django_assert_num_queries):
    VisitFactory()
    AnnualFigureFactory(value=1, breakdown="kind=市", as_of=dt.date(2016, 10, 10))
    with django_assert_num_queries(5):
        found = book().series(VISITS, "kind")
    assert found[2016, "市"].computed_value == 1


def test_change_has_a_sign_and_a_percentage():
    AnnualFigureFactory(fiscal_year=2015, as_of=None, value=4)
    AnnualFigureFactory(value=3)
    series = book().series(VISITS)
    found = change(series[2016, ""], series[2015, ""])
    assert (found.difference, found.percent, found.direction) == (-1, -25, "down")


def test_change_of_a_ratio_is_in_points():
    for year, number in ((2015, 1), (2016, 2)):
        AnnualFigureFactory(
            indicator=COVERAGE.key,
            fiscal_year=year,
            as_of=None,
            value=None,
            numerator=number,
            denominator=3,
        )
    series = book().series(COVERAGE)
    found = change(series[2016, ""], series[2015, ""])
    assert (str(found.difference), found.percent) == ("33.4", None)


def test_sum_of_a_running_year_is_no_change_but_a_share():
    AnnualFigureFactory(fiscal_year=2017, as_of=None, value=4)
    VisitFactory(visited_on=TODAY)
    series = book().series(VISITS)
    assert change(series[2018, ""], series[2017, ""]).share == 25


def test_nothing_is_compared_across_a_break():
    AnnualFigureFactory(fiscal_year=2015, as_of=None, value=4)
    AnnualFigureFactory(value=3, is_break=True)
    series = book().series(VISITS)
    assert change(series[2016, ""], series[2015, ""]) is None
    assert change(series[2016, ""], None) is None


def test_json_numbers_are_integers_when_they_are():
    assert plain_number(Decimal("116.0000")) == 116
    assert isinstance(plain_number(Decimal("116.0000")), int)
    assert plain_number(Decimal("41.76470588")) == 41.7647
    assert plain_number(None) is None
