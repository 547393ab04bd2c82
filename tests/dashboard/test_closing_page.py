"""The page on which a year is checked, closed, reopened and corrected."""

import datetime as dt

import pytest
from django.db import DatabaseError
from django.urls import reverse

from core import fiscal
from dashboard.checks import book_of
from dashboard.models import Remark, YearClosing
from tests.agreements.factories import VisitFactory
from tests.dashboard.factories import AnnualFigureFactory, RemarkFactory

PAGE = reverse("dashboard:closing", args=[2016])
CLOSE = reverse("dashboard:close", args=[2016])
REOPEN = reverse("dashboard:reopen", args=[2016])
REMARK = reverse("dashboard:remark_create", args=[2016])
REASON = {"reason": "記入もれがあった\r\n二行め", "confirmed": "on"}

pytestmark = pytest.mark.usefixtures("small_registry")


@pytest.fixture
def visit(db):
    return VisitFactory(visited_on=dt.date(2016, 10, 3))


def close(client):
    return client.post(CLOSE, {"confirmed": "on"}).getvalue().decode()


def test_manager_closes_and_sees_every_step(manager, visit):
    page = close(manager)
    assert page.count("<li>") >= 12
    assert "訪問 / 市区町村" in page or "訪問 / 自治体" in page
    assert page.rstrip().endswith("</html>")
    closing = YearClosing.objects.get()
    assert (closing.closed_by, closing.version) == (manager.user, 1)
    shown = manager.get(PAGE)
    assert closing.sha256 in shown.text
    assert manager.user.display_name in shown.text


def test_findings_must_be_looked_at_first(manager, visit):
    page = manager.post(CLOSE)
    assert page.context["close_form"].errors["confirmed"]
    assert not YearClosing.objects.exists()
    close(manager)
    assert YearClosing.objects.get().findings


def test_closing_twice_says_who_was_first(manager, visit):
    close(manager)
    assert manager.user.display_name in close(manager)
    assert YearClosing.objects.count() == 1


def test_running_year_cannot_be_closed(manager, visit):
    url = reverse("dashboard:close", args=[fiscal.current_year()])
    page = manager.post(url, {"confirmed": "on"})
    assert page.context["close_form"].non_field_errors()
    assert not YearClosing.objects.exists()


def test_reopening_asks_for_a_reason_and_keeps_the_version(manager, visit):
    close(manager)
    page = manager.post(REOPEN, {"reason": "", "confirmed": "on"})
    assert page.context["reopen_form"].errors["reason"]
    assert YearClosing.objects.standing().exists()
    assert manager.post(REOPEN, REASON).status_code == 302
    assert "記入もれがあった" in manager.get(PAGE).text
    VisitFactory(visited_on=dt.date(2016, 10, 4))
    close(manager)
    page = manager.get(PAGE)
    ((after, changes),) = page.context["changes"]
    assert after.version == 2
    assert (1, 2) in {(c.before.value, c.after.value) for c in changes if c.before}


def test_recount_compares_rows_with_what_was_frozen(manager, visit):
    close(manager)
    page = manager.get(PAGE, {"recount": "1"})
    assert page.context["is_intact"] is True
    assert page.context["recounted"] == []


def test_others_read_and_do_not_close(officer, coordinator, outsider, visit):
    for client in (officer, coordinator):
        assert client.get(PAGE).status_code == 200
        assert client.post(CLOSE, {"confirmed": "on"}).status_code == 403
        assert client.post(REOPEN, REASON).status_code == 403
    assert outsider.get(PAGE).status_code == 403


def test_correction_is_recorded_with_its_value(manager):
    data = {
        "indicator": "agreements.coverage",
        "kind": "correction",
        "text": "一行\n二行",
    }
    assert manager.post(REMARK, data | {"amount": "71/170"}).status_code == 302
    remark = Remark.objects.get()
    assert (remark.numerator, remark.denominator, remark.value) == (71, 170, None)
    assert (remark.fiscal_year, remark.recorded_by) == (2016, manager.user)
    assert "71/170" in manager.get(PAGE).text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"breakdown": "foo=1"}, "breakdown"),
        ({"amount": "1_0"}, "amount"),
        ({"amount": "5", "kind": "note"}, "amount"),
        ({"indicator": "agreements.nothing"}, "indicator"),
        ({"text": ""}, "text"),
        ({"text": "\u202e見本"}, "text"),
        ({"source": "\u202e見本"}, "source"),
    ],
)
def test_wrong_remark_is_explained_beside_its_field(manager, changes, field):
    data = {"indicator": "agreements.visits", "kind": "correction", "text": "見本"}
    page = manager.post(REMARK, data | changes)
    assert list(page.context["form"].errors) == [field]
    assert not Remark.objects.exists()


def test_note_can_be_deleted_and_a_correction_cannot(manager):
    note = RemarkFactory()
    correction = RemarkFactory(kind="correction")
    delete = "dashboard:remark_delete"
    assert manager.post(reverse(delete, args=[note.pk])).status_code == 302
    answer = manager.post(reverse(delete, args=[correction.pk]))
    assert answer.status_code == 409
    assert Remark.objects.get() == correction


def test_year_out_of_the_calendar_is_not_found(manager):
    for year in (1999, 2999):
        url = reverse("dashboard:closing", args=[year])
        assert manager.get(url).status_code == 404


def test_query_count_does_not_grow_with_rows(
    manager, visit, django_assert_max_num_queries
):
    with django_assert_max_num_queries(60) as few:
        manager.get(PAGE)
    VisitFactory.create_batch(20, visited_on=dt.date(2016, 11, 1))
    RemarkFactory.create_batch(20, recorded_by=manager.user)
    with django_assert_max_num_queries(len(few)):
        manager.get(PAGE)


def test_failure_while_closing_is_told_at_the_end_of_the_page(
    manager, visit, monkeypatch
):
    def fail(closing):
        raise DatabaseError("database is locked")

    monkeypatch.setattr("dashboard.closing.fingerprint", fail)
    page = close(manager)
    assert "何も変わっていません" in page
    assert page.rstrip().endswith("</html>")
    assert not YearClosing.objects.exists()


def test_reopening_what_is_open_says_so(manager):
    page = manager.post(REOPEN, REASON, follow=True)
    assert "締められていません" in page.text


def test_page_reads_no_parts_of_other_years(manager, visit):
    AnnualFigureFactory(fiscal_year=2010, breakdown="municipality=121002", as_of=None)
    page = manager.get(PAGE)
    assert page.status_code == 200
    book = book_of(2016, today=dt.date(2017, 5, 1))
    assert [row.fiscal_year for row in book._everything_stored] == []


@pytest.mark.parametrize("amount", ["1.5", "0/0", "1/0"])
def test_impossible_right_value_is_refused(manager, amount):
    data = {"indicator": "agreements.visits", "kind": "correction", "text": "見本"}
    page = manager.post(REMARK, data | {"amount": amount})
    assert list(page.context["form"].errors) == ["amount"]


def test_remark_of_a_year_out_of_the_calendar_is_not_found(manager):
    url = reverse("dashboard:remark_create", args=[2999])
    assert manager.get(url).status_code == 404
