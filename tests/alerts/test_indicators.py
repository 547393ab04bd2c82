"""Values of the program's own indicator at the edges of a year and of a day."""

import datetime as dt

import pytest
from django.db import transaction

from alerts.models import IncidentReport
from dashboard.closing import close_year, finish
from dashboard.counted import counted_tables
from dashboard.indicators import Moment, registry
from dashboard.refusals import Refused
from municipalities.models import Municipality
from tests.agreements.factories import AgreementFactory
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


# One report per event; hour, weekday, agreement ---------------------------------------


def test_reports_of_one_event_count_once(officer):
    first = passed_on(at(2016, 10, 3), channel="store")
    passed_on(at(2016, 10, 3), merged_into=first)
    received = registry["alerts.received"].numbers(YEARS)
    assert numbers() == {(2016, ""): 1}
    assert received[2016, ""].value == 1
    for key in ("alerts.reports", "alerts.received"):
        page = officer.get(registry[key].rows_url(YEARS[0]))
        assert page.context["summary"]["count"] == 1


def test_hour_and_weekday_are_those_in_japan():
    # A Monday in Japan, still Sunday in UTC.
    passed_on(at(2016, 10, 3, 0, 59))
    passed_on(at(2016, 10, 3, 23, 0))
    passed_on(at(2016, 10, 9, 23, 59))
    assert numbers("hour") == {(2016, "0"): 1, (2016, "23"): 2}
    assert numbers("weekday") == {(2016, "1"): 2, (2016, "7"): 1}


def test_agreement_counts_where_and_when_it_was_in_force():
    agreement = AgreementFactory(
        signed_on=dt.date(2016, 6, 1),
        in_force_from=dt.date(2016, 6, 1),
        in_force_until=dt.date(2016, 9, 30),
    )
    there = {"municipality": agreement.municipality}
    passed_on(at(2016, 5, 31, 23, 59), **there)
    passed_on(at(2016, 6, 1, 0, 0), **there)
    passed_on(at(2016, 9, 30, 23, 59), **there)
    passed_on(at(2016, 10, 1, 0, 0), **there)
    passed_on(at(2016, 7, 1))
    assert numbers("agreement") == {(2016, "true"): 2, (2016, "false"): 3}


def test_two_agreements_with_a_municipality_count_a_report_once():
    agreement = AgreementFactory()
    AgreementFactory(municipality=agreement.municipality, kind="network")
    passed_on(at(2016, 10, 3), municipality=agreement.municipality)
    assert numbers("agreement") == {(2016, "true"): 1}


def test_parts_are_called_by_their_labels():
    passed_on(at(2016, 10, 3, 9, 30))
    indicator = registry["alerts.reports"]
    names = {
        by: [number.name for number in indicator.numbers(YEARS, by).values()]
        for by in ("hour", "weekday", "agreement")
    }
    labels = {by: indicator.choices(by) for by in names}
    assert names["hour"] == [labels["hour"]["9"]] != ["9"]
    assert names["weekday"] == [labels["weekday"]["1"]] != ["1"]
    assert names["agreement"] == [labels["agreement"]["false"]] != ["false"]


def test_closed_year_keeps_merging_and_lets_municipalities_merge():
    first, second = passed_on(at(2016, 10, 3)), passed_on(at(2016, 10, 3))
    finish(close_year(year=2016, actor=None, at=at(2018, 6, 1)))
    with pytest.raises(Refused), transaction.atomic():
        IncidentReport.objects.filter(pk=second.pk).update(merged_into=first)
    # Asking for agreements looks at how long a municipality exists; that may change.
    places = Municipality.objects.filter(pk=first.municipality_id)
    assert places.update(valid_until=dt.date(2019, 3, 31)) == 1


def test_only_what_decides_a_figure_is_kept():
    (table,) = counted_tables([registry["alerts.reports"]])
    assert {"noticed_at", "merged_into_id", "municipality_id"} <= table.columns
    kept = {pointer.table: pointer.columns for pointer in table.pointers}
    assert kept == {"municipalities_municipality": {"code", "prefecture_code"}}
