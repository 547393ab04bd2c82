"""What the checks of all figures find, and what they leave alone."""

import dataclasses
import datetime as dt

import pytest

from dashboard.checks import results_of
from dashboard.indicators import By, registry
from tests.agreements.factories import VisitFactory
from tests.dashboard.conftest import COVERAGE, IN_AREA, IN_FORCE, VISITS
from tests.dashboard.factories import AnnualFigureFactory
from tests.municipalities.factories import MunicipalityFactory

TODAY = dt.date(2018, 6, 1)

pytestmark = pytest.mark.usefixtures("small_registry")


def found(name, year=2016, today=TODAY, **kwargs):
    """Return the texts of what a check found."""
    results = {r.check.key: r for r in results_of(year, today=today, **kwargs)}
    result = results[f"dashboard.{name}"]
    assert not result.has_failed
    return [finding.text for finding in result.findings]


def published(year, value, indicator=VISITS, part=""):
    AnnualFigureFactory(
        indicator=indicator.key,
        fiscal_year=year,
        as_of=None,
        value=value,
        breakdown=part,
    )


def visits(year, count, **kwargs):
    for day in range(count):
        held = dt.date(year, 4, 1) + dt.timedelta(days=day)
        VisitFactory(visited_on=held, **kwargs)


def test_same_sum_in_another_year_is_found_in_both_years():
    published(2014, 2354)
    published(2016, 2354)
    (text,) = found("same_value")
    assert "2,354" in text
    assert "2014" in text
    assert len(found("same_value", 2014)) == 1
    assert found("same_value", 2015) == []


def test_same_sum_is_found_when_only_one_of_them_is_published(monkeypatch):
    monkeypatch.setattr("dashboard.general_checks.WORTH_A_LOOK", 3)
    published(2014, 3)
    visits(2016, 3)
    assert len(found("same_value")) == 1
    assert len(found("same_value", 2014)) == 1


def test_computed_value_beside_another_published_one_is_compared_too(monkeypatch):
    monkeypatch.setattr("dashboard.general_checks.WORTH_A_LOOK", 3)
    published(2014, 3)
    published(2016, 7)
    visits(2016, 3)
    assert len(found("same_value")) == 1


def test_small_sums_and_states_may_be_alike():
    published(2014, 99)
    published(2016, 99)
    published(2014, 170, IN_AREA)
    published(2016, 170, IN_AREA)
    assert found("same_value") == []


@pytest.mark.parametrize(
    ("before", "now", "is_found"),
    [(100, 130, False), (100, 131, True), (100, 69, True), (0, 3, True), (0, 0, False)],
)
def test_change_beyond_the_percentage_is_found(before, now, is_found):
    published(2015, before)
    published(2016, now)
    assert bool(found("change")) == is_found


def test_percentage_can_be_set(settings):
    published(2015, 100)
    published(2016, 131)
    assert found("change", change_percent=40) == []
    settings.CHECK_CHANGE_PERCENT = 31
    assert found("change") == []


def test_rate_is_held_against_points():
    for year, over in ((2015, 10), (2016, 41)):
        AnnualFigureFactory(
            indicator=COVERAGE.key,
            fiscal_year=year,
            value=None,
            numerator=over,
            denominator=100,
            as_of=None,
        )
    assert len(found("change")) == 1
    assert found("change", change_percent=31) == []


def test_after_a_break_in_the_series_nothing_is_compared():
    published(2015, 100)
    AnnualFigureFactory(value=500, as_of=None, is_break=True)
    assert found("change") == []


def test_running_sum_is_found_only_when_it_has_passed_the_whole_year_before():
    today = dt.date(2017, 2, 1)
    published(2015, 4)
    visits(2016, 5)
    assert found("change", today=today) == []
    visits(2016, 1, municipality=MunicipalityFactory())
    assert len(found("change", today=today)) == 1


def test_published_parts_that_do_not_add_up_are_found():
    published(2016, 10)
    published(2016, 6, part="prefecture=12")
    published(2016, 3, part="prefecture=13")
    (text,) = found("parts")
    assert "9" in text
    assert "10" in text
    published(2016, 1, part="prefecture=11")
    assert found("parts") == []


def test_counted_parts_that_do_not_add_up_are_found():
    doubled = By(label="約束", path="promises__text", adds_up=True)
    with registry.override(dataclasses.replace(VISITS, by={"promise": doubled})):
        visit = VisitFactory()
        assert found("parts") == []
        visit.promises.create(text="あ", owner="い")
        visit.promises.create(text="う", owner="い")
        assert len(found("parts")) == 1


def test_parts_that_need_not_add_up_are_left_alone():
    free = dataclasses.replace(VISITS.by["prefecture"], adds_up=False)
    with registry.override(dataclasses.replace(VISITS, by={"prefecture": free})):
        published(2016, 10)
        published(2016, 6, part="prefecture=12")
        assert found("parts") == []


def test_missing_or_zero_figure_between_others_is_found():
    published(2015, 10)
    assert len(found("gaps")) == 1
    published(2016, 0)
    (text,) = found("gaps")
    assert text.endswith("0")
    published(2017, 10)
    assert len(found("gaps")) == 1


def test_years_before_the_first_and_long_after_the_last_are_no_gap():
    published(2015, 10)
    assert found("gaps", 2014) == []
    assert found("gaps", 2017) == []


def test_part_that_had_rows_the_year_before_and_none_now_is_found():
    chiba = MunicipalityFactory(prefecture_code="12", prefecture="千葉県")
    tokyo = MunicipalityFactory(prefecture_code="13", prefecture="東京都")
    visits(2015, 2, municipality=chiba)
    visits(2015, 2, municipality=tokyo)
    visits(2016, 2, municipality=chiba)
    texts = found("gaps")
    assert any("東京都" in text for text in texts)
    assert not any("千葉県" in text for text in texts)


def test_published_figure_and_part_that_differ_from_the_rows_are_found():
    tokyo = MunicipalityFactory(prefecture_code="13", prefecture="東京都")
    visits(2016, 2, municipality=tokyo)
    published(2016, 3)
    published(2016, 3, part="prefecture=13")
    whole, part = found("differences")
    assert "東京都" in part
    assert "東京都" not in whole


def test_equal_rows_and_other_years_are_no_difference():
    visits(2016, 2)
    published(2016, 2)
    published(2015, 9)
    assert found("differences") == []


def test_figure_that_fails_is_told_and_the_others_are_still_checked(caplog):
    def fails():
        raise RuntimeError

    broken = dataclasses.replace(VISITS, key="agreements.broken", records=fails)
    with registry.override(broken, VISITS, IN_FORCE):
        published(2014, 2354)
        published(2016, 2354)
        assert len(found("computable")) == 1
        assert len(found("same_value")) == 1
    assert "agreements.broken failed" in caplog.text
