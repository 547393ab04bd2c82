"""Checks are declared like indicators; one that fails leaves the others standing."""

import datetime as dt

import pytest
from django.contrib.auth.models import Permission

from dashboard.checks import (
    Check,
    Context,
    Finding,
    Registry,
    missing_months,
    registry,
    results_of,
)
from dashboard.models import AnnualFigure
from tests.conftest import sign_in
from tests.dashboard.factories import AnnualFigureFactory

TODAY = dt.date(2018, 6, 1)


def check(key="agreements.sample", find=lambda context: [], **changes):
    texts = {"label": "見本", "remedy": "見本", "permission": "agreements.view_visit"}
    return Check(key=key, find=find, **texts, **changes)


def results(*checks, year=2016, **kwargs):
    with registry.override(*checks):
        return results_of(year, today=TODAY, **kwargs)


def context(year=2016, today=TODAY):
    return Context(year=year, today=today, book=None, change_percent=30)


@pytest.mark.parametrize("key", ["agreements", "agreements.Sample", "a.b.c", ".x"])
def test_bad_key_is_refused(key):
    with pytest.raises((ValueError, LookupError)):
        Registry().register(check(key))


def test_key_of_an_app_that_does_not_exist_is_refused():
    with pytest.raises(LookupError):
        Registry().register(check("nothing.sample"))


def test_doubled_key_is_refused():
    known = Registry()
    known.register(check())
    with pytest.raises(ValueError, match="twice"):
        known.register(check())


def test_late_key_is_refused():
    with pytest.raises(ValueError, match="start-up"):
        registry.register(check())


def test_checks_of_all_figures_come_first_then_the_programs_in_their_order():
    keys = [one.key for one in registry]
    assert keys[0] == "dashboard.computable"
    groups = list(dict.fromkeys(key.partition(".")[0] for key in keys))
    assert groups == [
        "dashboard",
        "agreements",
        "alerts",
        "childcare",
        "mutualaid",
        "donations",
        "deliveries",
    ]


@pytest.mark.django_db
def test_failing_check_is_logged_and_the_others_go_on(caplog):
    def fails(context):
        yield Finding(text="見本")
        raise RuntimeError

    bad, good = results(check(find=fails, order=1), check("agreements.other", order=2))
    assert bad.has_failed
    assert not bad.is_good
    assert bad.summary == {"check": "agreements.sample", "label": "見本", "count": None}
    assert good.is_good
    assert "agreements.sample failed" in caplog.text


@pytest.mark.django_db
def test_findings_are_counted_by_what_they_speak_of_and_shown_up_to_a_limit():
    def many(context):
        return [Finding(text="見本", count=2) for _n in range(30)]

    (found,) = results(check(find=many))
    assert (found.total, len(found.shown), found.hidden) == (60, 20, 20)
    assert found.summary["count"] == 60


@pytest.mark.django_db
def test_more_findings_than_are_kept_are_counted(monkeypatch):
    monkeypatch.setattr("dashboard.checks.KEPT", 3)
    (found,) = results(check(find=lambda _c: (Finding(text="x") for _n in range(9))))
    assert (len(found.findings), found.total, found.hidden) == (3, 9, 6)


@pytest.mark.django_db
def test_check_is_run_only_for_those_who_may_see_it():
    keeper = sign_in("coordinator_agreements").user
    other = sign_in("coordinator_childcare").user
    assert len(results(check(), user=keeper)) == 1
    assert results(check(), user=other) == []
    assert len(results(check())) == 1  # a command


@pytest.mark.django_db
def test_rows_are_those_that_the_person_may_see():
    AnnualFigureFactory()
    seen = []

    def find(context):
        seen.append(context.rows(AnnualFigure).count())
        return []

    stranger = sign_in().user
    stranger.user_permissions.add(Permission.objects.get(codename="view_visit"))
    results(check(find=find))
    results(check(find=find), user=stranger)
    assert seen == [1, 0]


def test_year_is_looked_at_up_to_its_last_day_and_a_running_one_up_to_today():
    assert context().last_day == dt.date(2017, 3, 20)
    assert context(2018).last_day == TODAY
    assert (context().is_running, context(2018).is_running) == (False, True)


def test_months_are_cut_off_where_the_year_begins_and_ends():
    months = context().months
    assert months[0] == (dt.date(2016, 3, 21), dt.date(2016, 3, 31))
    assert months[1] == (dt.date(2016, 4, 1), dt.date(2016, 4, 30))
    assert months[-1] == (dt.date(2017, 3, 1), dt.date(2017, 3, 20))
    assert len(months) == 13
    assert context(2018).months[-1] == (dt.date(2018, 6, 1), TODAY)


def test_month_without_a_report_is_a_finding_and_a_silent_year_is_one():
    months = [dt.date(2016, 4, 1), dt.date(2016, 5, 1)]
    (may,) = missing_months("H01", months, {(2016, 4)}, lambda day: f"/{day:%m}/")
    assert (may.url, may.count) == ("/05/", 1)
    assert "2016" in may.text
    (silent,) = missing_months("H01", months, set(), "/list/")
    assert (silent.url, silent.count) == ("/list/", 2)
    assert list(missing_months("H01", months, {(2016, 4), (2016, 5)}, "")) == []
