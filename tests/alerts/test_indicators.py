"""Values of the program's own indicator at the edges of a year and of a day."""

import datetime as dt

import pytest

from dashboard.indicators import Moment, registry
from tests.alerts.factories import IncidentReportFactory, at

YEARS = [Moment(2016, dt.date(2017, 3, 20)), Moment(2017, dt.date(2018, 3, 20))]
pytestmark = pytest.mark.django_db


def numbers(by="", moments=YEARS):
    found = registry["alerts.reports"].numbers(moments, by)
    return {place: number.value for place, number in found.items()}


def passed_on(noticed_at, **fields):
    return IncidentReportFactory(
        noticed_at=noticed_at, passed_on_at=noticed_at, state="passed_on", **fields
    )


def test_report_belongs_to_the_year_of_its_day_in_japan():
    passed_on(at(2017, 3, 20, 23, 59))
    passed_on(at(2017, 3, 21, 0, 0))
    assert numbers() == {(2016, ""): 1, (2017, ""): 1}


def test_running_year_is_cut_off_at_midnight_in_japan():
    passed_on(at(2016, 10, 3, 23, 59))
    passed_on(at(2016, 10, 4, 0, 0))
    assert numbers(moments=[Moment(2016, dt.date(2016, 10, 3))]) == {(2016, ""): 1}


def test_year_in_which_nothing_was_passed_on_is_zero_and_not_missing():
    IncidentReportFactory()
    assert numbers() == {(2016, ""): 0}


def test_closed_report_counts_only_when_it_was_passed_on():
    IncidentReportFactory(is_closed=True)
    IncidentReportFactory(
        state="closed", outcome="safe", closed_at=at(2016, 10, 4, 9, 0)
    )
    assert numbers() == {(2016, ""): 1}
    assert numbers("outcome") == {(2016, "safe"): 1}


def test_report_with_two_signs_counts_under_both():
    passed_on(at(2016, 10, 3), signs=["mail", "smell"])
    passed_on(at(2016, 10, 3), signs=["mail"])
    assert numbers("sign") == {(2016, "mail"): 2, (2016, "smell"): 1}


def test_figure_opens_the_list_that_adds_up_to_it(officer):
    passed_on(at(2016, 10, 3, 23, 59), channel="store")
    passed_on(at(2016, 10, 4, 0, 0), channel="store")
    IncidentReportFactory(channel="store")
    moment = Moment(2016, dt.date(2016, 10, 3))
    indicator = registry["alerts.reports"]
    for by in ("", *indicator.by):
        for (_year, part), number in indicator.numbers([moment], by).items():
            page = officer.get(indicator.rows_url(moment, by, part))
            assert page.context["summary"]["count"] == number.value
