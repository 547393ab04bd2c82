"""From noticing to passing on: median and nine in ten by nearest rank, of events."""

import datetime as dt
import json

import pytest

from alerts.promptness import public, times
from dashboard.indicators import Moment
from tests.agreements.factories import AgreementFactory
from tests.alerts.factories import IncidentReportFactory, at

pytestmark = pytest.mark.django_db
YEAR = Moment(2016, dt.date(2017, 3, 20))
NOTICED = at(2016, 10, 3, 9, 0)


def passed_on(*minutes, noticed_at=NOTICED, **fields):
    return [
        IncidentReportFactory(
            noticed_at=noticed_at,
            passed_on_at=noticed_at + dt.timedelta(minutes=one),
            state="passed_on",
            **fields,
        )
        for one in minutes
    ]


def told(moment=YEAR):
    """Return {(group, place among its rows): (reports, median, most)}."""
    found = {}
    for row in times(moment).get("rows", ()):
        place = sum(group == row["group"] for group, _place in found)
        found[row["group"], place] = (row["reports"], row["median"], row["most"])
    return found


@pytest.mark.parametrize(
    ("minutes", "median", "most"),
    [
        ([7], 7, 7),
        ([9, 3], 3, 9),
        ([5, 1, 90], 5, 90),
        # Ten: the fifth and the ninth, not the mean of two.
        ([10, 20, 30, 40, 50, 60, 70, 80, 90, 100], 50, 90),
        ([10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110], 60, 100),
        ([5] * 9 + [500], 5, 5),
        ([5] * 8 + [500, 600], 5, 500),
        (list(range(1, 41)), 20, 36),
    ],
)
def test_nearest_rank(minutes, median, most):
    passed_on(*minutes)
    assert told()["", 0] == (len(minutes), median, most)


def test_seconds_are_rounded_half_up_to_minutes():
    passed_on(10.5)
    assert told()["", 0][1] == 11


def test_channels_stand_each_for_itself_and_without_reports_is_missing():
    passed_on(10, 20, 30)
    passed_on(100, channel="store")
    assert [told()["channel", place] for place in range(3)] == [
        (3, 20, 30),
        (1, 100, 100),
        (0, None, None),
    ]


def test_with_and_without_an_agreement():
    agreement = AgreementFactory()
    AgreementFactory(municipality=agreement.municipality, kind="network")
    passed_on(10, 20, municipality=agreement.municipality)
    passed_on(50)
    assert told()["agreement", 0] == (2, 10, 20)
    assert told()["agreement", 1] == (1, 50, 50)


def test_only_events_of_the_year_that_were_passed_on_count():
    (first,) = passed_on(10)
    passed_on(900, merged_into=first)
    passed_on(900, noticed_at=at(2017, 3, 21, 0, 0))
    passed_on(900, noticed_at=at(2016, 3, 20, 23, 59))
    IncidentReportFactory()
    assert told()["", 0] == (1, 10, 10)
    assert told(Moment(2016, dt.date(2016, 10, 2))) == {}


def test_year_without_a_report_passed_on_tells_nothing():
    IncidentReportFactory()
    assert times(YEAR) == {}


def test_three_queries_however_many_reports(django_assert_num_queries):
    passed_on(*range(1, 60))
    with django_assert_num_queries(3):
        times(YEAR)


# Readers without sign-in --------------------------------------------------------------


def readable(row):
    return not row.get("is_hidden")


def test_public_times_carry_no_numbers_of_reports():
    passed_on(*range(1, 11))
    shown = public(json.loads(json.dumps(times(YEAR))))
    assert shown["rows"][0]["median"] == 5
    assert all("reports" not in row for row in shown["rows"])


def test_part_of_few_reports_hides_its_whole_group():
    place = AgreementFactory().municipality
    passed_on(*range(1, 21), municipality=place)
    passed_on(*range(1, 11), channel="store", municipality=place)
    passed_on(1, channel="other", municipality=place)
    shown = public(times(YEAR))["rows"]
    assert [readable(row) for row in shown if row["group"] == "channel"] == [False] * 3
    assert all("median" not in row for row in shown if row["group"] == "channel")
    # All had an agreement: nobody is left over on the other side.
    assert all(readable(row) for row in shown if row["group"] == "agreement")


def test_nine_reports_are_too_few_for_the_public():
    passed_on(*range(1, 10))
    assert public(times(YEAR)) == {}


# Pages --------------------------------------------------------------------------------


def test_times_stand_on_the_page_of_the_program(manager):
    passed_on(11, 22, 33)
    page = manager.get("/dashboard/alerts/", {"year": 2016})
    assert page.status_code == 200
    (one,) = [data for one, data in page.context["contributions"]]
    assert one["rows"][0]["median"] == 22
    assert '<td class="number">22</td>' in page.text
    assert page.text.count(one["rows"][0]["label"]) >= 1
